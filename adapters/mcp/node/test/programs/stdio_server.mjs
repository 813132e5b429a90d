// A server on standard input and output that logs all it can: what it prints is the protocol's alone.
import * as vigie from 'vigie'
import { instrument } from 'vigie-mcp'

const [, , version, ...files] = process.argv
const outputs = [{ to: 'console', signals: ['logs', 'spans', 'metrics'] }, ...files.map((path) => ({ to: 'file', path }))]
vigie.init({ service: 'stdio-server', level: 'trace', outputs })
await instrument({ from: import.meta.url, capture: 'full' })

const { load, serve } = await import('../helper.mjs')
const { McpServer } = await load({ version: Number(version), way: 'import' })
if (version === '1') {
  const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js')
  await serve(McpServer, 1).connect(new StdioServerTransport())
} else {
  const { serveStdio } = await import('@modelcontextprotocol/server/stdio')
  serveStdio(() => serve(McpServer, 2))
}
// The SDK does not end the process when nobody is there any more.
process.stdin.on('end', async () => {
  await new Promise((resolve) => setTimeout(resolve, 100))
  await vigie.shutdown()
  process.exit()
})
