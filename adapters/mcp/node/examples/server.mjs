import { McpServer } from '@modelcontextprotocol/server'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import * as vigie from 'vigie'
import { instrument } from 'vigie-mcp'
import * as z from 'zod'

await instrument()
const server = new McpServer({ name: 'calculator', version: '1.0.0' })

server.registerTool('add', { inputSchema: z.object({ a: z.number(), b: z.number() }) }, async ({ a, b }) => {
  vigie.getLogger('calculator').info('adding {a} and {b}', { a, b })
  return { content: [{ type: 'text', text: String(a + b) }] }
})

await server.connect(new StdioServerTransport())
