// Measures what the adapter adds to a call of a tool in one process: `node bench/overhead.mjs`. The time is the
// process's on the processor, and the least of the rounds counts: what else the machine does only adds.
import { devNull } from 'node:os'
import { Client } from '@modelcontextprotocol/client'
import { InMemoryTransport, McpServer, Server } from '@modelcontextprotocol/server'
import * as vigie from 'vigie'
import { instrument, uninstrument } from 'vigie-mcp'

const ROUNDS = 15
const CALLS = 500
vigie.init({ service: 'overhead', level: 'info', outputs: [{ to: 'file', path: devNull }] })

async function round(isInstrumented) {
  if (isInstrumented) await instrument({ classes: [Client, Server] })
  const server = new McpServer({ name: 'overhead', version: '1' })
  server.registerTool('add', {}, async () => ({ content: [{ type: 'text', text: '3' }] }))
  const [near, far] = InMemoryTransport.createLinkedPair()
  const client = new Client({ name: 'overhead', version: '1' })
  await server.connect(far)
  await client.connect(near)
  const call = () => client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })
  await call()
  const began = process.cpuUsage()
  for (let number = 0; number < CALLS; number++) await call()
  const { user, system } = process.cpuUsage(began)
  await client.close()
  uninstrument()
  return (user + system) / CALLS
}

const without = []
const withIt = []
for (let number = 0; number < ROUNDS; number++) {
  without.push(await round(false))
  withIt.push(await round(true))
}
console.log(`without ${Math.min(...without).toFixed(0)} us, with ${Math.min(...withIt).toFixed(0)} us of processor time a call, of ${ROUNDS} rounds each`)
await vigie.shutdown()
