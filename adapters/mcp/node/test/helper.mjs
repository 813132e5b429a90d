// The copies of the SDK that the tests run on, the server that they ask, and what they read of the records.
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import * as vigie from 'vigie'
import * as z from 'zod'

const require = createRequire(import.meta.url)
const PATHS = {
  1: { server: '@modelcontextprotocol/sdk/server/mcp.js', client: '@modelcontextprotocol/sdk/client/index.js', memory: '@modelcontextprotocol/sdk/inMemory.js' },
  2: { server: '@modelcontextprotocol/server', client: '@modelcontextprotocol/client', memory: '@modelcontextprotocol/server' },
}

/** Every version as an ES module and for CommonJS: four copies of the class that is hooked, or six. */
export const SDKS = [1, 2].flatMap((version) => ['import', 'require'].map((way) => ({ label: `version ${version} by ${way}`, version, way })))

export async function load({ version, way }) {
  const get = way === 'import' ? (path) => import(path) : require
  const { server, client, memory } = PATHS[version]
  const { McpServer } = await get(server)
  const { Client } = await get(client)
  const { InMemoryTransport } = await get(memory)
  return { version, McpServer, Client, InMemoryTransport }
}

/** What a test asks, as both sides of it. */
export async function pair(sdk) {
  const { McpServer, Client, InMemoryTransport, version } = await load(sdk)
  const server = serve(McpServer, version)
  const [near, far] = InMemoryTransport.createLinkedPair()
  const client = new Client({ name: 'client', version: '1' })
  await server.connect(far)
  await client.connect(near)
  return { server, client, close: () => client.close() }
}

export function serve(McpServer, version) {
  const server = new McpServer({ name: 'calculator', version: '1' }, { capabilities: { logging: {} } })
  const shape = (members) => (version === 1 ? members : z.object(members))
  const text = (said) => ({ content: [{ type: 'text', text: String(said) }] })
  server.registerTool('add', { description: 'Adds.', inputSchema: shape({ a: z.number(), b: z.number() }) }, async ({ a, b }) => {
    await sleep(b % 5)
    vigie.getLogger('tool').info('adding', { a, tenant: vigie.currentContext().baggage.get('tenant') })
    return text(a + b)
  })
  server.registerTool('fails', { description: 'Fails.' }, async () => {
    throw new Error('the database said no')
  })
  server.registerTool('waits', { description: 'Waits to be cancelled.' }, async (extra) => {
    await sleep(60_000, undefined, { signal: extra.signal ?? extra.mcpReq.signal }).catch(() => {})
    return text('never')
  })
  server.registerTool('keeps', { description: 'Keeps.', inputSchema: shape({ note: z.string(), password: z.string() }) }, async ({ note }) => text(note.toUpperCase()))
  server.registerPrompt('greet', { argsSchema: shape({ name: z.string() }) }, ({ name }) => ({ messages: [{ role: 'user', content: { type: 'text', text: `Hello ${name}` } }] }))
  server.registerResource('memo', 'memo://one', {}, async (uri) => ({ contents: [{ uri: uri.href, text: 'written' }] }))
  return server
}

export const named = (spans, name, kind) => spans.filter((span) => span.name === name && span.span_kind === kind)

/** The one span of this name and kind. */
export function only(spans, name, kind) {
  const found = named(spans, name, kind)
  if (found.length !== 1) throw new Error(`${found.length} of ${name} in ${spans.map((span) => `${span.name} (${span.span_kind})`)}`)
  return found[0]
}

/** The sum of the samples of this name whose labels include these; undefined where there is none. */
export function value(name, labels = {}) {
  let total
  for (const line of vigie.metricsText().split('\n')) {
    const found = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line)
    if (found?.[1] !== name) continue
    const given = Object.fromEntries([...(found[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text]))
    if (Object.entries(labels).every(([key, text]) => given[key] === text)) total = (total ?? 0) + Number(found[3])
  }
  return total
}
