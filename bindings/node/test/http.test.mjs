// `vigie/http`: each request in its context, with a span and one wide event, by every framework over real sockets.
import KoaRouter from '@koa/router'
import express5 from 'express'
import express4 from 'express-4'
import Fastify from 'fastify'
import Koa from 'koa'
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as later } from 'node:timers/promises'
import * as vigie from '../dist/esm/index.js'
import { express, expressErrors, fastify, koa, wrap } from '../dist/esm/http.js'
import { captured, isFull } from './helper.mjs'

vigie.init({ service: 'http', outputs: [{ to: 'null' }] })

const log = vigie.getLogger('shop')

/** What every framework's program does, by the path. */
async function handle(path, id) {
  await later(Math.random() * 4)
  log.info('step one', { id })
  vigie.event({ cart_items: 3, id })
  await vigie.span('work', () => later(1))
  log.info('step two', { id })
  if (path === 'fails') throw new RangeError('no stock')
  if (path === 'refused') throw Object.assign(new Error('not here'), { status: 404, statusCode: 404, expose: true })
}

/** A server of each framework with the routes /cart/:id, /fails/:id, /refused/:id and /health/:id. */
const FRAMEWORKS = {
  'node:http': async (options) => listening(http.createServer(wrap(async (request, response) => {
    const [, path, id] = request.url.split('?')[0].split('/')
    try {
      await handle(path, id)
      response.end(id)
    } catch (error) {
      response.statusCode = error.status ?? 500
      response.end('error')
    }
  }, options))),
  'express 5': (options) => expressServer(express5, options),
  'express 4': (options) => expressServer(express4, options),
  fastify: async (options) => {
    const app = Fastify()
    await app.register(fastify, options)
    for (const path of ['cart', 'fails', 'refused', 'health']) {
      app.all(`/${path}/:id`, async (request) => { await handle(path, request.params.id); return request.params.id })
    }
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { url: `http://127.0.0.1:${app.server.address().port}`, close: () => app.close() }
  },
  koa: async (options) => {
    const app = new Koa()
    app.silent = true
    app.use(koa(options))
    const router = new KoaRouter()
    for (const path of ['cart', 'fails', 'refused', 'health']) {
      router.all(`/${path}/:id`, async (context) => { await handle(path, context.params.id); context.body = context.params.id })
    }
    app.use(router.routes())
    return listening(http.createServer(app.callback()))
  },
}

async function expressServer(make, options) {
  const app = make()
  app.use(express(options))
  app.use(make.text({ type: '*/*' }))
  const router = make.Router()
  for (const path of ['cart', 'fails', 'refused', 'health']) {
    router.all('/:id', (request, response, next) => next())
    app.all(`/${path}/:id`, (request, response, next) => { handle(path, request.params.id).then(() => response.end(request.params.id), next) })
  }
  app.use(expressErrors())
  app.use((error, request, response, next) => { void next; response.status(error.status ?? 500).end('error') })
  return listening(http.createServer(app))
}

async function listening(server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => { server.closeAllConnections?.(); return new Promise((resolve) => server.close(resolve)) } }
}

/** Lines of `work` against a server of its own, those of a connection's end among them. */
const served = async (make, options, work) => {
  const { url, close } = await make(options)
  try {
    return await captured(vigie, async () => {
      await work(url)
      await later(30)
    })
  } finally {
    await close()
  }
}

const events = (lines) => lines.filter(({ event }) => event === 'http.request')
const spansOf = (lines, kind = 'server') => lines.filter((line) => line.kind === 'span' && line.span_kind === kind)
const logsOf = (lines) => lines.filter(({ logger }) => logger === 'shop')

const asked = async (url, options) => {
  const response = await fetch(url, options)
  return { status: response.status, text: await response.text(), headers: response.headers }
}

const hasRoutes = (name) => name !== 'node:http'

for (const [name, make] of Object.entries(FRAMEWORKS)) {
  test(`${name}: one request, its event and its span`, async () => {
    let answer
    const lines = await served(make, undefined, async (url) => {
      answer = await asked(`${url}/cart/7?secret=x`, {
        method: 'POST', body: 'b'.repeat(11),
        headers: { 'x-request-id': 'r-1', 'x-correlation-id': 'c-1', 'user-agent': 'test', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
      })
    })
    assert.deepEqual([answer.status, answer.text, answer.headers.get('x-request-id'), answer.headers.get('x-correlation-id')], [200, '7', 'r-1', 'c-1'])
    const [event] = events(lines)
    const [span] = spansOf(lines)
    const { timestamp, host, pid, service, duration_ns: duration, ...rest } = event
    assert.ok(Number.isInteger(duration) && duration > 1e6)
    assert.deepEqual(Object.entries(rest), Object.entries({
      level: 'INFO', message: 'POST /cart/7 200', logger: 'vigie.http', trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: span.span_id,
      correlation_id: 'c-1', request_id: 'r-1', event: 'http.request', category: 'web', outcome: 'success',
      'http.request.method': 'POST', ...(hasRoutes(name) ? { 'http.route': '/cart/:id' } : {}), 'url.path': '/cart/7', 'http.response.status_code': 200,
      'client.address': '127.0.0.1', 'user_agent.original': 'test', 'http.request.body.size': 11, 'http.response.body.size': 1,
      cart_items: 3, id: '7',
    }))
    assert.deepEqual(span.attributes, {
      'http.request.method': 'POST', 'url.path': '/cart/7', 'url.scheme': 'http', 'server.address': '127.0.0.1', 'client.address': '127.0.0.1',
      'user_agent.original': 'test', 'network.protocol.version': '1.1', ...(hasRoutes(name) ? { 'http.route': '/cart/:id' } : {}), 'http.response.status_code': 200,
    })
    assert.deepEqual([span.name, span.status, span.parent_span_id, span.scope], [hasRoutes(name) ? 'POST /cart/:id' : 'POST', 'unset', 'b7ad6b7169203331', 'vigie.http'])
    const [work] = spansOf(lines, 'internal')
    assert.deepEqual([work.parent_span_id, work.correlation_id], [span.span_id, 'c-1'])
    for (const line of logsOf(lines)) assert.deepEqual([line.request_id, line.correlation_id, line.trace_id, line.span_id], ['r-1', 'c-1', span.trace_id, span.span_id])
  })

  test(`${name}: what fails, what is refused, what is not there`, async () => {
    const lines = await served(make, undefined, async (url) => {
      for (const path of ['/fails/1', '/refused/2', '/nowhere/3']) await asked(url + path)
    })
    // Here the program has taken the error itself.
    const isSeen = name !== 'node:http'
    const [fails, refused, nowhere] = events(lines)
    assert.deepEqual([fails.level, fails.outcome, fails.message, fails.error?.type, fails.error?.message], ['ERROR', 'failure', 'GET /fails/1 500', ...(isSeen ? ['RangeError', 'no stock'] : [undefined, undefined])])
    assert.deepEqual([refused.level, refused.outcome, refused.message, refused.error], ['INFO', 'success', 'GET /refused/2 404', undefined])
    assert.deepEqual([nowhere.level, nowhere.message, nowhere['http.route']], ['INFO', `GET /nowhere/3 ${name === 'node:http' ? 200 : 404}`, undefined])
    const [first, second] = spansOf(lines)
    assert.deepEqual([first.status, first.events?.[0]?.name, second.status, second.events], ['error', isSeen ? 'exception' : undefined, 'unset', undefined])
    if (hasRoutes(name)) assert.deepEqual([first.name, second.name], ['GET /fails/:id', 'GET /refused/:id'])
  })

  test(`${name}: options`, async () => {
    const lines = await served(make, { span: false, skip: ['/health*'], context: () => ({ tenant_id: 't' }) }, async (url) => {
      await asked(`${url}/cart/1`)
      await asked(`${url}/health/2`)
    })
    assert.deepEqual([spansOf(lines).length, events(lines).length], [0, 1])
    assert.ok(logsOf(lines).length === 4 && logsOf(lines).every((line) => line.tenant_id === 't' && /^[0-9a-f]{32}$/.test(line.request_id) && line.correlation_id === line.request_id))
    const none = await served(make, { event: false }, (url) => asked(`${url}/cart/1`))
    assert.deepEqual([spansOf(none).length, events(none).length], [1, 0])
  })

  test(`${name}: hundreds of requests at once, each line with its own ids`, async () => {
    const count = isFull ? 2_000 : 300
    const agent = new http.Agent({ keepAlive: true, maxSockets: 40 })
    const lines = await served(make, undefined, (url) => Promise.all(Array.from({ length: count }, (_, n) => new Promise((resolve, reject) => {
      const path = ['cart', 'cart', 'refused', 'fails'][n % 4]
      const request = http.request(`${url}/${path}/${n}`, { agent, method: n % 3 ? 'GET' : 'POST', headers: { 'content-type': 'text/plain', 'x-request-id': `r-${n}`, 'x-correlation-id': `c-${n}` } }, (response) => {
        assert.equal(response.headers['x-request-id'], `r-${n}`)
        response.resume().on('end', resolve)
      }).on('error', reject)
      request.end(n % 3 ? undefined : 'body')
    }))).finally(() => agent.destroy()))
    const all = events(lines)
    assert.equal(all.length, count)
    const spans = new Map(spansOf(lines).map((span) => [span.request_id, span]))
    for (const event of all) {
      const n = event['url.path'].split('/')[2]
      assert.deepEqual([event.request_id, event.correlation_id, event.id, event.span_id], [`r-${n}`, `c-${n}`, n, spans.get(`r-${n}`).span_id])
    }
    assert.equal(logsOf(lines).length, 2 * count)
    for (const line of logsOf(lines)) assert.deepEqual([line.request_id, line.correlation_id, line.span_id], [`r-${line.id}`, `c-${line.id}`, spans.get(`r-${line.id}`).span_id])
    for (const work of spansOf(lines, 'internal')) assert.equal(work.parent_span_id, spans.get(work.request_id).span_id)
  })
}


/** A server of Express 5 with one handler for everything. */
const oneHandler = (handler, options) => () => {
  const app = express5()
  app.use(express(options))
  app.use(handler)
  return listening(http.createServer(app))
}

test('a caller that goes away: before the head, and in the middle of the body', async () => {
  let got
  let left
  const lines = await served(oneHandler(async (request, response) => {
    if (request.url === '/body') response.write('a'.repeat(100))
    got()
    await once(response, 'close')
    await later(1)
    log.info('still at it', { id: request.url })
    left()
  }), undefined, async (url) => {
    for (const path of ['/head', '/body']) {
      const isLeft = new Promise((resolve) => { left = resolve })
      const isThere = new Promise((resolve) => { got = resolve })
      const request = http.get(url + path, { agent: false }).on('error', () => {})
      const begins = path === '/body' ? once(request, 'response').then(([response]) => response.on('error', () => {})) : undefined
      await isThere
      await begins
      request.destroy()
      await isLeft
    }
  })
  assert.deepEqual(events(lines).map((event) => [event.level, event.outcome, event.message, event['http.response.status_code'], event['http.response.body.size']]), [
    ['WARN', 'unknown', 'GET /head', undefined, 0], ['WARN', 'unknown', 'GET /body 200', 200, 100],
  ])
  assert.deepEqual(spansOf(lines).map((span) => [span.status, span.attributes['error.type']]), [['error', 'aborted'], ['error', 'aborted']])
  // What a handler does after that still belongs to the request.
  const ids = events(lines).map((event) => [event['url.path'], event.request_id, event.span_id])
  assert.deepEqual(logsOf(lines).map((line) => [line.id, line.request_id, line.span_id]), ids)
})

test('sizes: streams, encodings, declared and chunked bodies, HEAD and statuses without a body', async () => {
  const lines = await served(oneHandler(async (request, response) => {
    for await (const _ of request) void _
    const { pathname } = new URL(request.url, 'http://x')
    if (pathname === '/stream') {
      for (let n = 0; n < 5; n++) {
        response.write('é'.repeat(10))
        await later(2)
      }
      response.write(Buffer.alloc(7))
      response.write('ff00', 'hex')
      response.end('é', 'latin1')
    } else if (pathname === '/json') response.json({ a: 'ü' })
    else if (pathname === '/empty') response.status(204).end()
    else if (pathname === '/raw') response.writeHead(200, { 'content-type': 'text/plain', 'X-Request-ID': 'its own' }).end('abc')
    else response.send('hello')
  }), undefined, async (url) => {
    await asked(`${url}/stream`, { method: 'POST', duplex: 'half', body: new ReadableStream({ start(controller) { controller.enqueue(new Uint8Array(5)); controller.enqueue(new Uint8Array(6)); controller.close() } }) })
    await asked(`${url}/json`)
    await asked(`${url}/empty`, { method: 'PUT', body: 'x' })
    assert.equal((await asked(`${url}/raw`)).headers.get('x-request-id'), 'its own')
    await asked(`${url}/head`, { method: 'HEAD' })
  })
  assert.deepEqual(events(lines).map((event) => [event['http.request.body.size'], event['http.response.body.size']]), [
    [11, 100 + 7 + 2 + 1], [undefined, 10], [1, 0], [undefined, 3], [undefined, 0],
  ])
})

test('events of the request and the response run in the request\'s context, and other stores are left alone', async () => {
  const own = new AsyncLocalStorage()
  const lines = await served(oneHandler((request, response) => {
    const id = request.headers['x-request-id']
    own.run(id, () => {
      request.on('data', () => log.info('data', { id })).on('end', () => {
        log.info('end', { id })
        later(2).then(() => response.end('done'))
      })
      response.on('finish', () => log.info('finish', { id })).on('close', () => log.info('close', { id }))
      response.once('custom', () => log.info('custom', { id }))
    })
    vigie.withContext({ inner: true }, () => response.emit('custom'))
    request.socket.once('close', () => {})
  }), undefined, async (url) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    await Promise.all(Array.from({ length: 10 }, (_, n) => new Promise((resolve) => {
      http.request(url, { agent, method: 'POST', headers: { 'x-request-id': `r-${n}` } }, (response) => response.resume().on('end', resolve)).end('b')
    })))
    agent.destroy()
  })
  assert.equal(logsOf(lines).length, 50)
  for (const line of logsOf(lines)) assert.equal(line.request_id, line.id)
  assert.ok(logsOf(lines).filter(({ message }) => message === 'custom').every((line) => line.inner === true), 'the nearer context stays')
})

test('HTTP/2 by its compatibility face', async () => {
  const server = http2.createServer(wrap(async (request, response) => {
    for await (const _ of request) void _
    await later(1)
    log.info('m', { id: request.headers['x-request-id'] })
    response.statusCode = 201
    response.write('one')
    response.end('two')
  }))
  const lines = await captured(vigie, async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = http2.connect(`http://127.0.0.1:${server.address().port}`)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => new Promise((resolve) => {
      const stream = client.request({ ':method': 'POST', ':path': `/x/${n}?q=1`, 'x-request-id': `r-${n}` })
      let headers
      stream.on('response', (found) => { headers = found }).resume().on('end', () => resolve(headers)).end('body')
    })))
    assert.deepEqual(answers.map((headers) => [headers[':status'], headers['x-request-id']]), Array.from({ length: 20 }, (_, n) => [201, `r-${n}`]))
    client.close()
    await later(50)
  })
  server.close()
  assert.equal(events(lines).length, 20)
  for (const event of events(lines)) {
    assert.deepEqual([event.level, event.message, event['http.response.body.size'], event['client.address']], ['INFO', `POST /x/${event.request_id.slice(2)} 201`, 6, '127.0.0.1'])
    assert.ok(event['http.request.body.size'] === 4)
  }
  for (const line of logsOf(lines)) assert.equal(line.request_id, line.id)
  const [span] = spansOf(lines)
  assert.deepEqual([span.attributes['network.protocol.version'], span.attributes['url.scheme'], span.attributes['server.address']], ['2.0', 'http', '127.0.0.1'])
})

test('routers within routers, and errors out of them', async () => {
  for (const make of [express4, express5]) {
    const lines = await served(() => {
      const app = make()
      const router = make.Router()
      router.get('/cart/:id', (request, response) => response.end())
      router.get('/fails', (request, response, next) => next(new RangeError('no')))
      router.get('/', (request, response) => response.end())
      app.use(express())
      app.use(express())
      app.use('/shop', router)
      app.use(expressErrors())
      app.use((error, request, response, next) => { void next; response.status(503).end() })
      // Around it once more: one request is served once.
      return listening(http.createServer(wrap(app)))
    }, undefined, async (url) => {
      for (const path of ['/shop/cart/7', '/shop/fails', '/shop']) await asked(url + path)
    })
    assert.deepEqual(events(lines).map((event) => [event.message, event['http.route'], event.error?.type]), [
      ['GET /shop/cart/7 200', '/shop/cart/:id', undefined], ['GET /shop/fails 503', '/shop/fails', 'RangeError'], ['GET /shop 200', '/shop', undefined],
    ])
    assert.equal(spansOf(lines).length, 3)
  }
})

test('ids in headers: what is none is made new', async () => {
  const lines = await served(oneHandler((request, response) => response.end()), undefined, async (url) => {
    const { port } = new URL(url)
    const send = (head) => new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1').on('data', () => socket.end()).on('close', resolve)
      socket.write(`GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${head}\r\n\r\n`, 'latin1')
    })
    for (const id of ['', ' spaced out ', 'x'.repeat(129), 'caf\xe9', 'a\tb', 'x'.repeat(128)]) await send(`X-Request-ID: ${id}`)
    await send('X-Request-ID: one\r\nX-Request-ID: two')
    await send(`X-Correlation-ID: ${'y'.repeat(3000)}`)
  })
  const ids = events(lines).map((event) => event.request_id)
  const isNew = (id) => /^[0-9a-f]{32}$/.test(id)
  assert.deepEqual(ids.map((id) => (isNew(id) ? 'new' : id)), ['new', 'spaced out', 'new', 'new', 'new', 'x'.repeat(128), 'one, two', 'new'])
  for (const event of events(lines)) assert.ok(event.correlation_id.length <= 128)
})

test('a public endpoint takes nothing of what strangers say', async () => {
  vigie.reconfigure({ service: 'http', public_endpoint: true, outputs: [{ to: 'null' }] })
  const lines = await served(oneHandler((request, response) => response.end()), undefined, (url) => asked(url, {
    headers: { 'x-request-id': 'r-1', 'x-correlation-id': 'c-1', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  }))
  vigie.reconfigure({ service: 'http', outputs: [{ to: 'null' }] })
  const [event] = events(lines)
  const [span] = spansOf(lines)
  assert.ok(event.request_id !== 'r-1' && event.correlation_id === event.request_id)
  assert.deepEqual([span.parent_span_id, span.trace_id === '0af7651916cd43dd8448eb211c80319c', span.links.length], [undefined, false, 1])
})

test('where another instrumentation has opened the span, there is no second one', async (t) => {
  const { subscribe } = await import('../dist/esm/channels.js')
  t.after(subscribe())
  const lines = await served(oneHandler((request, response) => { log.info('m'); response.end() }), undefined, (url) => asked(url, { headers: { 'x-request-id': 'r-1' } }))
  const [span, ...more] = spansOf(lines)
  assert.deepEqual([span.scope, more.length], ['node:http', 0])
  for (const line of [...events(lines), ...logsOf(lines)]) assert.deepEqual([line.span_id, line.request_id], [span.span_id, 'r-1'])
})

test('what handlers add: last values at first places, bounded, and nothing outside of a request', async () => {
  const before = vigie.stats().truncated
  const bad = { get z() { throw new Error('no') }, b: 2 }
  const lines = await served(oneHandler(async (request, response) => {
    const list = [1]
    vigie.event({ a: 1, list, 'url.path': '/named', level: 'x' })
    list.push(2)
    await later(1)
    await vigie.withContext({ user_id: 'u' }, () => vigie.span('inner', async () => { await later(1); vigie.event({ a: 2, b: { c: 1n } }) }))
    vigie.extract({ 'x-correlation-id': 'other' }, () => vigie.event({ c: null, d: undefined }))
    for (const odd of [null, undefined, 5, 'text', [1], bad]) vigie.event(odd)
    vigie.event(Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}`, n])))
    vigie.startSpan('detached', { parent: null }).end()
    response.on('close', () => setImmediate(() => vigie.event({ late: true })))
    response.end()
  }), undefined, (url) => asked(url))
  vigie.event({ a: 1 })
  const [event] = events(lines)
  assert.deepEqual([event.a, event.b, event.c, event.list, event['url.path'], event.level, event.level_, event.late], [2, 2, null, [1], '/named', 'INFO', 'x', undefined])
  const keys = Object.keys(event)
  assert.ok(keys.indexOf('url.path') < keys.indexOf('client.address') && keys.indexOf('a') > keys.indexOf('duration_ns'))
  assert.ok(keys.filter((key) => /^k\d/.test(key)).length < 128)
  assert.ok(vigie.stats().truncated > before)
})

test('what is thrown before anything was answered ends the program as ever', async () => {
  const { run } = await import('./helper.mjs')
  for (const [how, message] of [['throws', 'uncaught exception'], ['rejects', 'unhandled rejection']]) {
    const { code, stdout, stderr } = await run(['http-fails.mjs', how])
    assert.deepEqual([code, /RangeError: no stock/.test(stderr)], [1, true], stderr)
    const [fatal] = stdout.trim().split('\n').map((line) => JSON.parse(line)).filter(({ level }) => level === 'FATAL')
    assert.deepEqual([fatal.message, fatal.error.type], [message, 'RangeError'])
  }
})

test('the function `context` that throws, and one that gives anything', async () => {
  const answers = [{ user_id: 'u', n: 1 }, null, undefined, 5, 'text']
  const seen = []
  const lines = await served(oneHandler((request, response) => { log.info('m'); response.end() }, {
    context: (request) => {
      seen.push(typeof request.get)
      if (answers.length === 0) throw new Error('no')
      return answers.shift()
    },
  }), undefined, async (url) => { for (let n = 0; n < 7; n++) await asked(url) })
  assert.deepEqual(seen, Array(7).fill('function'))
  assert.deepEqual(logsOf(lines).map((line) => line.user_id), ['u', ...Array(6).fill(undefined)])
  assert.equal(lines.filter(({ logger, message }) => logger === 'vigie.http' && /function context failed/.test(message)).length, 1)
})

test('options that are not accepted are told all at once', async () => {
  for (const make of [express, koa, (options) => wrap(() => {}, options)]) {
    assert.throws(() => make({ span: 1, skip: '/x', context: {}, sapn: true }), (error) => {
      assert.deepEqual(error.problems.map(({ key }) => key), ['span', 'skip', 'context', 'sapn'])
      return error.code === 'VIGIE_CONFIG' && /skip: "\/x"; accepted: a list of texts/.test(error.message)
    })
  }
  await assert.rejects(Promise.resolve(Fastify().register(fastify, { event: 'yes' })), { code: 'VIGIE_CONFIG' })
  assert.throws(() => wrap(undefined), TypeError)
})

test('logs below the level of vigie.http are not made', async () => {
  vigie.reconfigure({ service: 'http', levels: { 'vigie.http': 'warn' }, outputs: [{ to: 'null' }] })
  const lines = await served(oneHandler((request, response) => { response.statusCode = request.url === '/bad' ? 500 : 200; response.end() }), undefined, async (url) => {
    await asked(url)
    await asked(`${url}/bad`)
  })
  vigie.reconfigure({ service: 'http', outputs: [{ to: 'null' }] })
  assert.deepEqual(events(lines).map(({ message }) => message), ['GET /bad 500'])
})
