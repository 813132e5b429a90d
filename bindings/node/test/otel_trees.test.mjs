// Instrumentations for OpenTelemetry, as they are published, on Vigie: each program's tree is the one that the official SDK makes.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { run, scratch } from './helper.mjs'

/** What differs from run to run: ports and stacks. */
function settled(key, value) {
  if (/port$/.test(key)) return 'a port'
  if (key === 'exception.stacktrace') return typeof value
  return typeof value === 'string' ? value.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT') : value
}

const attributesOf = (attributes) => Object.fromEntries(Object.entries(attributes).sort().map(([key, value]) => [key, settled(key, value)]))

/** Spans without their ids, each with those below it; those beside each other in an order that no clock gives. */
function forest(spans) {
  const ids = new Set(spans.map(({ id }) => id))
  const below = (parent) => spans.filter((span) => (ids.has(span.parent) ? span.parent === parent : parent === undefined)).map((span) => {
    const { id, parent: above, trace, attributes, events, ...rest } = span
    const inSameTrace = !ids.has(above) || spans.find((one) => one.id === above).trace === trace
    return {
      ...rest, inSameTrace, isRemote: above !== undefined && !ids.has(above), attributes: attributesOf(attributes),
      events: events.map((event) => ({ ...event, attributes: attributesOf(event.attributes) })), below: below(id),
    }
  }).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  return below(undefined)
}

/** Runs a case behind one of the two. */
async function recorded(whose, name, env) {
  const { code, stdout, stderr } = await run([join('otel', 'case.mjs'), whose, name], { env })
  assert.deepEqual([code, stderr], [0, ''])
  const { spans, logs } = JSON.parse(stdout)
  const names = Object.fromEntries(spans.map(({ id, name: of }) => [id, of]))
  return { spans: forest(spans), logs: logs.map((log) => ({ ...log, span: names[log.span], attributes: attributesOf(log.attributes) })) }
}

async function isTheSame(name, least, env = {}) {
  const [official, vigie] = await Promise.all(['official', 'vigie'].map((whose) => recorded(whose, name, env)))
  assert.deepEqual(vigie, official)
  const count = (spans) => spans.reduce((sum, span) => sum + 1 + count(span.below), 0)
  assert.ok(count(official.spans) + official.logs.length >= least, 'the case records what it is for')
}

for (const [name, least] of Object.entries({ http: 15, express: 40, koa: 9, fastify: 10, undici: 4, graphql: 10, winston: 5, pino: 5, automatic: 14 })) {
  test(`${name}: the tree of the official SDK`, () => isTheSame(name, least))
}

/** A port that is free now. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

const which = (name) => ['/usr/bin', '/usr/local/bin', '/usr/sbin'].map((folder) => join(folder, name)).find(existsSync)

test('ioredis against a real server: the tree of the official SDK', { skip: !which('redis-server') && 'no redis-server' }, async (t) => {
  const port = await freePort()
  const server = spawn(which('redis-server'), ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', scratch(t)])
  t.after(() => server.kill())
  for await (const text of server.stdout) if (String(text).includes('Ready to accept connections')) break
  await isTheSame('ioredis', 6, { REDIS_PORT: String(port) })
})

/** Where Debian keeps the commands of PostgreSQL. */
const postgres = ['17', '16', '15', '14'].map((version) => `/usr/lib/postgresql/${version}/bin`).find(existsSync)

test('pg against a real server: the tree of the official SDK', { skip: !postgres && 'no PostgreSQL' }, async (t) => {
  const folder = scratch(t)
  // The server refuses to run as root.
  const as = process.getuid() === 0 ? ['setpriv', '--reuid=65534', '--clear-groups'] : []
  const command = (name, ...args) => [...as, join(postgres, name), ...args]
  const data = join(folder, 'data')
  mkdirSync(data)
  if (process.getuid() === 0) execFileSync('chown', ['-R', '65534', folder])
  const [initdb, ...made] = command('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '--no-sync')
  execFileSync(initdb, made, { stdio: 'ignore' })
  const [server, ...args] = command('postgres', '-D', data, '-k', folder, '-c', 'listen_addresses=')
  const running = spawn(server, args)
  t.after(async () => {
    running.kill('SIGINT')
    await once(running, 'close')
  })
  for await (const text of running.stderr) if (String(text).includes('ready to accept connections')) break
  await isTheSame('pg', 4, { PGHOST: folder })
})
