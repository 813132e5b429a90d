// A server over HTTP on a port of its own, which it prints. The span around each HTTP request is the program's.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import * as vigie from 'vigie'
import { instrument } from 'vigie-mcp'

const [, , version, file] = process.argv
vigie.init({ service: 'http-server', level: 'debug', outputs: [{ to: 'file', path: file }] })
await instrument({ from: import.meta.url })

const { load, serve } = await import('../helper.mjs')
const { McpServer } = await load({ version: Number(version), way: 'import' })
const handle = version === '1' ? await first() : await second()

async function first() {
  const { StreamableHTTPServerTransport } = await import('@modelcontextprotocol/sdk/server/streamableHttp.js')
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: randomUUID })
  await serve(McpServer, 1).connect(transport)
  return (request, response) => transport.handleRequest(request, response)
}

async function second() {
  const { createMcpHandler } = await import('@modelcontextprotocol/server')
  const handler = createMcpHandler(() => serve(McpServer, 2))
  return async (request, response) => {
    const body = request.method === 'POST' ? await new Response(Readable.toWeb(request)).text() : undefined
    const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const answer = await handler.fetch(new Request(`http://127.0.0.1${request.url}`, { method: request.method, headers, body }))
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(await answer.text())
  }
}

const listener = createServer((request, response) => {
  vigie.span(`${request.method} ${request.url}`, {}, () => handle(request, response), { kind: 'server' }).catch(() => response.destroy())
})
listener.listen(0, '127.0.0.1', () => console.log(listener.address().port))
process.on('SIGTERM', async () => {
  await vigie.shutdown()
  process.exit()
})
