// Programs that are instrumented for OpenTelemetry, by instrumentations as they are published. Each gets `require`, by which
// libraries are loaded after their instrumentations, and the API.
import { once } from 'node:events'
import { env } from 'node:process'

/** Enables an instrumentation; the package's name says the class. */
function instrumented(require, name, options) {
  const found = require(`@opentelemetry/instrumentation-${name}`)
  const [, type] = Object.entries(found).find(([key]) => key.endsWith('Instrumentation'))
  return new type(options)
}

/** Listens on a free port; gives the address and how to end it. */
async function listening(server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => new Promise((resolve) => server.close(resolve)) }
}

/** One request over node:http; the status and the text. */
function asked(http, url, options = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent: false, ...options }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => { text += part }).on('end', () => resolve({ status: response.statusCode, text }))
    })
    request.on('error', reject).end(options.body)
  })
}

export async function http({ require, trace, propagation }) {
  instrumented(require, 'http')
  const http = require('node:http')
  const tracer = trace.getTracer('program')
  const { url, close } = await listening(http.createServer((request, response) => {
    tracer.startActiveSpan(`work ${request.url.split('?')[0]}`, (span) => {
      setTimeout(() => {
        span.addEvent('waited', { ms: 1 })
        span.end()
        response.statusCode = request.url.startsWith('/missing') ? 404 : request.url.startsWith('/broken') ? 500 : 200
        response.end('ok')
      }, 1)
    })
  }))
  await tracer.startActiveSpan('job', async (span) => {
    const paths = ['/a?x=1', '/missing', '/broken']
    for (const path of paths) await asked(http, url + path, { method: path === '/a?x=1' ? 'POST' : 'GET', headers: { 'user-agent': 'test' } })
    await Promise.all([1, 2, 3].map(() => asked(http, `${url}/together`)))
    await asked(http, 'http://127.0.0.1:1/refused').catch((error) => span.recordException(error))
    span.end()
  })
  // A caller of another process, with baggage.
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=b', baggage: 'plan=gold' }
  await asked(http, `${url}/remote`, { headers })
  void propagation
  await close()
}

export async function express({ require, trace }) {
  instrumented(require, 'http')
  instrumented(require, 'express')
  const http = require('node:http')
  const make = require('express')
  const app = make()
  app.use(make.json())
  app.use(function slow(request, response, next) {
    setTimeout(next, 1)
  })
  const router = make.Router()
  router.get('/cart/:id', async (request, response) => {
    await trace.getTracer('program').startActiveSpan('stock', async (span) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      span.setAttribute('cart', request.params.id)
      span.end()
    })
    response.json({ id: request.params.id })
  })
  router.get('/fails', () => {
    throw new Error('no')
  })
  router.get('/rejects', async () => {
    throw new RangeError('late')
  })
  app.use('/shop', router)
  app.use((error, request, response, next) => {
    void next
    response.status(500).send('failed')
  })
  const { url, close } = await listening(http.createServer(app))
  await asked(http, `${url}/shop/cart/7`)
  await asked(http, `${url}/shop/cart/8`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' })
  for (const path of ['/shop/fails', '/shop/rejects', '/nowhere']) await asked(http, url + path)
  await Promise.all([1, 2, 3, 4].map((n) => asked(http, `${url}/shop/cart/${n}`)))
  await close()
}

export async function koa({ require, trace }) {
  instrumented(require, 'http')
  instrumented(require, 'koa')
  const http = require('node:http')
  const Koa = require('koa')
  const Router = require('@koa/router')
  const app = new Koa()
  app.silent = true
  app.use(async function outer(context, next) {
    await next()
    context.set('x-done', '1')
  })
  const router = new Router()
  router.get('/cart/:id', async (context) => {
    await trace.getTracer('program').startActiveSpan('stock', async (span) => span.end())
    context.body = context.params.id
  })
  router.get('/fails', () => {
    throw new Error('no')
  })
  app.use(router.routes())
  const { url, close } = await listening(http.createServer(app.callback()))
  for (const path of ['/cart/7', '/fails', '/nowhere']) await asked(http, url + path)
  await close()
}

export async function fastify({ require, trace }) {
  const { FastifyOtelInstrumentation } = require('@fastify/otel')
  instrumented(require, 'http')
  const http = require('node:http')
  const app = require('fastify')()
  await app.register(new FastifyOtelInstrumentation({ registerOnInitialization: false }).plugin())
  app.addHook('preHandler', async function check() {
    await new Promise((resolve) => setTimeout(resolve, 1))
  })
  app.get('/cart/:id', async function cart(request) {
    await trace.getTracer('program').startActiveSpan('stock', async (span) => span.end())
    return { id: request.params.id }
  })
  app.get('/fails', async function fails() {
    throw new Error('no')
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${app.server.address().port}`
  for (const path of ['/cart/7', '/fails', '/nowhere']) await asked(http, url + path)
  await app.close()
}

export async function undici({ require, trace }) {
  instrumented(require, 'undici')
  const { request } = require('undici')
  const { createServer } = require('node:http')
  const seen = []
  const { url, close } = await listening(createServer((incoming, response) => {
    seen.push(incoming.headers.traceparent)
    response.statusCode = incoming.url === '/missing' ? 404 : 200
    response.end('ok')
  }))
  await trace.getTracer('program').startActiveSpan('job', async (span) => {
    await (await fetch(`${url}/a?x=1`, { headers: { 'user-agent': 'test' } })).text()
    await (await fetch(`${url}/missing`)).text()
    await (await request(`${url}/undici`, { method: 'POST', body: 'b' })).body.text()
    await fetch('http://127.0.0.1:11/').catch(() => {})
    await request('http://127.0.0.1:9/').catch(() => {})
    await fetch(url, { signal: AbortSignal.abort() }).catch(() => {})
    span.setAttribute('propagated', seen.filter(Boolean).length)
    span.end()
  })
  await close()
}

export async function graphql({ require }) {
  instrumented(require, 'graphql')
  const { buildSchema, graphql } = require('graphql')
  const schema = buildSchema('type Query { cart(id: Int!): Cart } type Cart { id: Int, total: Float }')
  const rootValue = { cart: ({ id }) => (id < 0 ? Promise.reject(new Error('no cart')) : { id, total: async () => 1.5 }) }
  await graphql({ schema, source: '{ cart(id: 7) { id total } }', rootValue })
  await graphql({ schema, source: '{ cart(id: -1) { id } }', rootValue })
  await graphql({ schema, source: '{ nothing }', rootValue })
}

export async function pg({ require, trace }) {
  instrumented(require, 'pg', { enhancedDatabaseReporting: true })
  const { Pool } = require('pg')
  const pool = new Pool({ host: env.PGHOST, user: 'postgres', database: 'postgres' })
  await trace.getTracer('program').startActiveSpan('job', async (span) => {
    await pool.query('SELECT $1::int AS n', [7])
    await pool.query('SELECT wrong').catch(() => {})
    const client = await pool.connect()
    await new Promise((resolve) => client.query('SELECT 1', resolve))
    client.release()
    span.end()
  })
  await pool.end()
}

export async function ioredis({ require, trace }) {
  instrumented(require, 'ioredis')
  const Redis = require('ioredis')
  const redis = new Redis(env.REDIS_PORT, '127.0.0.1')
  await trace.getTracer('program').startActiveSpan('job', async (span) => {
    await redis.set('a', 1)
    await redis.get('a')
    await redis.pipeline().incr('a').get('a').exec()
    await redis.call('NOTACOMMAND').catch(() => {})
    span.end()
  })
  redis.disconnect()
}

export async function winston({ require, trace }) {
  instrumented(require, 'winston')
  const winston = require('winston')
  const logger = winston.createLogger({ level: 'debug', transports: [new winston.transports.Console({ silent: true })] })
  logger.info('outside', { a: 1 })
  trace.getTracer('program').startActiveSpan('job', (span) => {
    logger.warn('inside {literally}', { nested: { b: [1, 'two'] } })
    logger.error('failed')
    logger.debug('detail')
    span.end()
  })
}

export async function pino({ require, trace }) {
  instrumented(require, 'pino')
  const { Writable } = require('node:stream')
  const logger = require('pino')({ level: 'trace' }, new Writable({ write: (chunk, encoding, done) => done() }))
  logger.info('outside')
  trace.getTracer('program').startActiveSpan('job', (span) => {
    logger.warn({ nested: { b: [1, 'two'] } }, 'inside')
    logger.error({ a: 1 }, 'failed')
    logger.fatal('over')
    span.end()
  })
}

/** All instrumentations that the package of all of them brings, in one program. */
export async function automatic({ require, trace }) {
  require('auto-instrumentations').getNodeAutoInstrumentations()
  const http = require('node:http')
  const make = require('express')
  const { request } = require('undici')
  const { buildSchema, graphql: execute } = require('graphql')
  const winston = require('winston')
  const pino = require('pino')(require('node:fs').createWriteStream('/dev/null'))
  const logger = winston.createLogger({ transports: [new winston.transports.Console({ silent: true })] })
  const schema = buildSchema('type Query { stock: Int }')
  const app = make()
  app.get('/stock/:item', (incoming, response) => response.json({ item: incoming.params.item }))
  app.get('/cart/:id', async (incoming, response) => {
    logger.info('cart', { id: incoming.params.id })
    const stock = await request(`${url}/stock/tea`)
    pino.warn({ status: stock.statusCode }, 'asked')
    const { data } = await execute({ schema, source: '{ stock }', rootValue: { stock: () => 3 } })
    await trace.getTracer('program').startActiveSpan('price', async (span) => span.end())
    response.json({ ...(await stock.body.json()), ...data })
  })
  const { url, close } = await listening(http.createServer(app))
  await asked(http, `${url}/cart/7`)
  await asked(http, `${url}/nowhere`)
  await close()
}
