// `vigie/channels`: what libraries publish becomes spans and metrics, over real sockets, and nothing is patched.
import express from 'express'
import Fastify from 'fastify'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import http from 'node:http'
import { createServer } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as later } from 'node:timers/promises'
import { request as undici } from 'undici'
import { subscribe } from '../dist/esm/channels.js'
import * as vigie from '../dist/esm/index.js'
import { captured, esm, run, scratch } from './helper.mjs'

vigie.init({ service: 'channels', outputs: [{ to: 'null' }] })
const { get } = http
after(subscribe())

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
/** Node before that publishes a request when its headers are out. */
const [major, minor] = process.versions.node.split('.').map(Number)
const publishesBefore = major > 22 || (major === 22 && minor >= 12)

async function serving(t, listener, options = {}) {
  const server = http.createServer(options, listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return `http://127.0.0.1:${server.address().port}`
}

function asked(url, options = {}) {
  return new Promise((resolve, reject) => {
    http.get(url, { agent: false, ...options }, (response) => {
      let text = ''
      response.on('data', (part) => { text += part }).on('end', () => resolve(text))
    }).on('error', reject)
  })
}

/** An address where nobody listens. */
async function nobody() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

/** The spans that were recorded in `work`, those of a connection's end among them. */
const recorded = async (work) => (await captured(vigie, async () => {
  await work()
  await later(20)
})).filter(({ kind }) => kind === 'span')

const of = (spans, kind) => spans.filter((span) => span.span_kind === kind)

test('a request to a server: its span, what stands in it, and the caller above', async (t) => {
  const url = await serving(t, async (request, response) => {
    vigie.currentSpan().setAttribute('seen', request.url)
    await later(1)
    vigie.span('work', () => {})
    response.statusCode = request.url.startsWith('/broken') ? 503 : 200
    response.end('ok')
  })
  const spans = await recorded(async () => {
    await asked(`${url}/a?x=1`, { headers: { traceparent: TRACEPARENT, 'user-agent': 'test' } })
    await asked(`${url}/broken`, { method: 'PURGE' })
  })
  const [first, second] = of(spans, 'server')
  const { seen, 'network.peer.port': port, 'server.port': own, ...attributes } = first.attributes
  assert.deepEqual(attributes, {
    'http.request.method': 'GET', 'url.path': '/a', 'url.query': 'x=1', 'url.scheme': 'http', 'server.address': '127.0.0.1',
    'network.protocol.version': '1.1', 'network.peer.address': '127.0.0.1', 'client.address': '127.0.0.1', 'user_agent.original': 'test',
    'http.response.status_code': 200,
  })
  assert.deepEqual([seen, typeof port, typeof own, first.name, first.scope, first.status], ['/a?x=1', 'number', 'number', 'GET', 'node:http', 'unset'])
  assert.deepEqual([first.parent_span_id, first.trace_id], [TRACEPARENT.slice(36, 52), TRACEPARENT.slice(3, 35)])
  assert.deepEqual([second.name, second.status, second.attributes['error.type'], second.attributes['http.request.method_original']], ['HTTP', 'error', '503', 'PURGE'])
  const works = spans.filter(({ name }) => name === 'work')
  assert.deepEqual(works.map((span) => span.parent_span_id), [first.span_id, second.span_id])
  const text = vigie.metricsText()
  assert.ok(/http_server_request_duration_count\{[^}]*http_request_method="GET"[^}]*http_response_status_code="200"[^}]*\} 1/.test(text), text)
})

test('requests on one connection, and many beside each other, have spans of their own', async (t) => {
  const url = await serving(t, async (request, response) => {
    await later(Number(request.url.slice(1)) % 3)
    vigie.span(`work ${request.url}`, () => response.end())
  })
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const spans = await recorded(async () => {
    await vigie.span('job', () => Promise.all(Array.from({ length: 12 }, (_, n) => asked(`${url}/${n}`, n < 4 ? { agent } : {}))))
    agent.destroy()
  })
  const servers = Object.fromEntries(of(spans, 'server').map((span) => [span.span_id, span]))
  const works = spans.filter(({ name }) => name.startsWith('work'))
  assert.deepEqual([Object.keys(servers).length, works.length], [12, 12])
  for (const work of works) assert.equal(servers[work.parent_span_id].attributes['url.path'], work.name.slice(5))
  const [job] = spans.filter(({ name }) => name === 'job')
  for (const call of of(spans, 'client')) assert.equal(call.parent_span_id, job.span_id)
  if (publishesBefore) for (const server of Object.values(servers)) assert.equal(server.trace_id, job.trace_id)
})

test('a caller that goes away, and one that is refused', async (t) => {
  const url = await serving(t, () => {})
  const spans = await recorded(async () => {
    await new Promise((resolve) => {
      const request = get(url, { agent: false }).on('error', resolve)
      setTimeout(() => request.destroy(), 30)
    })
    await assert.rejects(asked('http://127.0.0.1:1/'))
    await later(20)
  })
  const [server] = of(spans, 'server')
  assert.deepEqual([server.status, server.attributes['error.type'], server.attributes['http.response.status_code']], ['error', 'aborted', undefined])
  assert.deepEqual(of(spans, 'client').map((span) => [span.status, span.attributes['error.type']]), [['error', 'ECONNRESET'], ['error', 'ECONNREFUSED']])
})

test('an error that nobody listens to is the program\'s as ever', async () => {
  const { stderr, code } = await run(['--input-type=module', '-e', `
    import http from 'node:http'
    import { subscribe } from ${JSON.stringify(esm.replace('index.js', 'channels.js'))}
    subscribe()
    http.get('http://127.0.0.1:1/')`])
  assert.equal(code, 1)
  assert.match(stderr, /ECONNREFUSED/)
})

test('fetch and undici: the other side goes on with the trace', async (t) => {
  const seen = []
  const url = await serving(t, (request, response) => {
    seen.push(request.headers.traceparent)
    response.statusCode = request.url === '/missing' ? 404 : 200
    response.end('ok')
  })
  const spans = await recorded(() => vigie.span('job', async () => {
    await (await fetch(`${url}/a?x=1`)).text()
    await (await fetch(`${url}/missing`)).text()
    await (await undici(`${url}/undici`, { method: 'POST', body: 'b', headers: { a: 'b' } })).body.text()
    await (await fetch(`${url}/own`, { headers: { traceparent: TRACEPARENT } })).text()
    await assert.rejects(fetch(await nobody()))
  }))
  const [job] = spans.filter(({ name }) => name === 'job')
  const clients = of(spans, 'client')
  assert.deepEqual(clients.map((span) => [span.name, span.scope, span.status, span.parent_span_id]), [
    ['GET', 'undici', 'unset', job.span_id], ['GET', 'undici', 'error', job.span_id], ['POST', 'undici', 'unset', job.span_id],
    ['GET', 'undici', 'unset', job.span_id], ['GET', 'undici', 'error', job.span_id],
  ])
  assert.deepEqual([clients[0].attributes['url.full'], clients[1].attributes['error.type'], clients[4].attributes['error.type']], [`${url}/a?x=1`, '404', 'ECONNREFUSED'])
  assert.deepEqual(seen, [...clients.slice(0, 3).map((span) => `00-${span.trace_id}-${span.span_id}-03`), TRACEPARENT], 'a header of the program\'s own stays')
  const servers = of(spans, 'server')
  assert.deepEqual(servers.slice(0, 3).map((span) => span.parent_span_id), clients.slice(0, 3).map((span) => span.span_id))
  assert.ok(/http_client_request_duration_count\{[^}]*error_type="404"/.test(vigie.metricsText()))
})

test('node:http carries the context where it publishes before the headers are out', { skip: !publishesBefore && 'needs Node 22.12' }, async (t) => {
  const seen = []
  const url = await serving(t, (request, response) => {
    seen.push(request.headers.traceparent)
    response.end()
  })
  const spans = await recorded(async () => {
    await asked(url)
    await asked(url, { headers: { traceparent: TRACEPARENT } })
  })
  const [call] = of(spans, 'client')
  assert.deepEqual(seen, [`00-${call.trace_id}-${call.span_id}-03`, TRACEPARENT])
})

test('fastify and express say the route', async (t) => {
  const fastify = Fastify()
  fastify.get('/cart/:id', async () => ({ ok: true }))
  fastify.get('/fails', async () => {
    throw new RangeError('no')
  })
  await fastify.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => fastify.close())
  const app = express()
  app.use((request, response, next) => next())
  const router = express.Router()
  router.get('/cart/:id', (request, response) => response.end())
  router.get('/fails', () => {
    throw new RangeError('no')
  })
  router.get('/', (request, response) => response.end())
  app.use('/shop', router)
  app.use((error, request, response, next) => void (next, response.status(500).end()))
  const url = await serving(t, app)
  const spans = await recorded(async () => {
    for (const path of ['/cart/7', '/fails', '/nowhere']) await asked(`http://127.0.0.1:${fastify.server.address().port}${path}`)
    for (const path of ['/shop/cart/7', '/shop/fails', '/nowhere', '/shop']) await asked(url + path)
  })
  assert.deepEqual(of(spans, 'server').map((span) => [span.name, span.status, span.attributes['error.type'], span.events?.[0].name]), [
    ['GET /cart/:id', 'unset', undefined, undefined], ['GET /fails', 'error', 'RangeError', 'exception'], ['GET', 'unset', undefined, undefined],
    ['GET /shop/cart/:id', 'unset', undefined, undefined], ['GET /shop/fails', 'error', 'RangeError', 'exception'], ['GET', 'unset', undefined, undefined],
    ['GET /shop', 'unset', undefined, undefined],
  ])
  assert.ok(/http_server_request_duration_count\{[^}]*http_route="\/shop\/cart\/:id"/.test(vigie.metricsText()))
})

test('commands of ioredis against a real server', { skip: !existsSync('/usr/bin/redis-server') && 'no redis-server' }, async (t) => {
  const { default: Redis } = await import('ioredis')
  const { port } = new URL(await nobody())
  const server = spawn('/usr/bin/redis-server', ['--port', port, '--bind', '127.0.0.1', '--save', '', '--dir', scratch(t)])
  t.after(() => server.kill())
  for await (const text of server.stdout) if (String(text).includes('Ready to accept connections')) break
  const redis = new Redis(port, '127.0.0.1')
  await once(redis, 'ready')
  const spans = await recorded(() => vigie.span('job', async () => {
    await redis.set('secret', 'value')
    await assert.rejects(redis.call('INCR', 'secret'))
  }))
  redis.disconnect()
  const [job] = spans.filter(({ name }) => name === 'job')
  const [set, incr] = of(spans, 'client').filter(({ scope }) => scope === 'ioredis')
  assert.deepEqual([set.name, set.attributes['db.query.text'], set.attributes['db.system.name'], set.status, set.parent_span_id], ['set', 'set secret ?', 'redis', 'unset', job.span_id])
  assert.deepEqual([incr.status, incr.attributes['error.type']], ['error', 'ReplyError'])
})

test('where an instrumentation is at work it is left alone with it, and that is said once', async (t) => {
  const { stdout, stderr } = await run(['otel/both.mjs'])
  const { spans, logs } = JSON.parse(stdout)
  assert.equal(stderr, '')
  assert.deepEqual(spans.map(({ span_kind: kind, scope }) => [kind, scope]).sort(), [
    ['client', '@opentelemetry/instrumentation-http'], ['client', '@opentelemetry/instrumentation-http'], ['client', 'undici'],
    ['server', '@opentelemetry/instrumentation-http'], ['server', '@opentelemetry/instrumentation-http'], ['server', '@opentelemetry/instrumentation-http'],
  ])
  assert.deepEqual(logs.map(({ library, other }) => [library, other]), [
    ['requests by node:http', '@opentelemetry/instrumentation-http'], ['servers of node:http', '@opentelemetry/instrumentation-http'],
  ])
  const [server] = spans.filter((span) => span.span_kind === 'server' && span.parent_span_id === spans.find(({ scope }) => scope === 'undici').span_id)
  assert.ok(server, 'one tree')
})

test('what is published wrongly is told once, and the publisher goes on', async () => {
  const { channel } = await import('node:diagnostics_channel')
  const all = await captured(vigie, () => {
    for (const message of [null, undefined, {}, { request: null }, { request: { method: 1, origin: 'no', path: null, headers: 7 } }]) {
      for (const name of ['undici:request:create', 'undici:request:headers', 'undici:request:error', 'http.server.request.start', 'http.client.request.start', 'tracing:fastify.request.handler:start', 'tracing:ioredis:command:start']) {
        channel(name).publish(message)
      }
    }
  })
  const told = all.filter(({ kind }) => kind === undefined).map(({ library }) => library)
  assert.equal(new Set(told).size, told.length)
  assert.ok(told.length >= 4, told.join())
})

test('what ends it ends it', async (t) => {
  const url = await serving(t, (request, response) => response.end())
  const end = subscribe()
  end()
  assert.deepEqual(await recorded(() => asked(url)), [])
  subscribe()
  assert.equal(of(await recorded(() => asked(url)), 'server').length, 1)
})
