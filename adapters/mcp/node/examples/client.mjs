// Starts server.mjs, asks it to add, and prints the answer. On standard error are its spans and what the tool logged: one trace.
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import * as vigie from 'vigie'
import { instrument } from 'vigie-mcp'

vigie.init({ service: 'agent', outputs: [{ to: 'console', signals: ['logs', 'spans'] }] })
await instrument()

const client = new Client({ name: 'agent', version: '1.0.0' })
const server = fileURLToPath(new URL('server.mjs', import.meta.url))
await client.connect(new StdioClientTransport({ command: process.execPath, args: [server] }))
await vigie.span('answer a question', async () => {
  const result = await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })
  console.log(result.content[0].text)
})
await client.close()
await vigie.shutdown()
