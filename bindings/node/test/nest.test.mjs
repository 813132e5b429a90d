// `vigie/nest`: the logger of NestJS, alone and in an application of it.
import 'reflect-metadata'
import { Logger } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as later } from 'node:timers/promises'
import * as vigie from '../dist/esm/index.js'
import { express } from '../dist/esm/http.js'
import { NestLogger } from '../dist/esm/nest.js'
import { captured, isFull } from './helper.mjs'
import { decorated } from './programs/nest-app.mjs'

vigie.init({ service: 'nest', outputs: [{ to: 'null' }] })

/** The records of `work`, without what every line has. */
const recorded = async (work) => (await captured(vigie, () => work(new NestLogger()))).map(({ timestamp, service, host, pid, ...rest }) => rest)

const failure = new TypeError('no stock')

/** What is logged, and what stands in the line. */
const CASES = [
  ['a text', (log) => log.log('m'), { message: 'm', logger: 'nest' }],
  ['a context', (log) => log.log('m', 'Cart'), { message: 'm', logger: 'Cart' }],
  ['no context', (log) => log.log('m', undefined), { message: 'm', logger: 'nest' }],
  ['braces are no holes', (log) => log.log('{a}', { a: 1 }, 'Cart'), { message: '{a}', logger: 'Cart', a: 1 }],
  ['an object', (log) => log.log({ a: 1 }, 'Cart'), { message: '', logger: 'Cart', a: 1 }],
  ['further texts', (log) => log.log('m', 'n', 'Cart'), { message: 'm', logger: 'Cart', args: ['n'] }],
  ['warn', (log) => log.warn('m'), { level: 'WARN', message: 'm', logger: 'nest' }],
  ['debug', (log) => log.debug('m'), { level: 'DEBUG', message: 'm', logger: 'nest' }],
  ['verbose', (log) => log.verbose('m'), { level: 'TRACE', message: 'm', logger: 'nest' }],
  ['fatal', (log) => log.fatal('m'), { level: 'FATAL', message: 'm', logger: 'nest' }],
  ['an error without a stack', (log) => log.error('m', undefined, 'Cart'), { level: 'ERROR', message: 'm', logger: 'Cart' }],
  ['a getter that throws', (log) => log.log({ get a() { throw new Error('no') } }), { message: '', logger: 'nest', a: '[getter threw]' }],
  ['a symbol', (log) => log.log(Symbol('x')), { message: 'Symbol(x)', logger: 'nest' }],
]

for (const [what, work, expected] of CASES) {
  test(what, async () => assert.deepEqual(await recorded(work), [{ level: 'INFO', ...expected }]))
}

test('errors, as Nest hands them over', async () => {
  const lines = await recorded((log) => {
    log.error(failure, 'Cart')
    log.error(failure.message, failure.stack, 'Cart')
    log.error(failure.message, failure.stack)
    log.error('failed', failure, 'Cart')
    log.fatal(failure)
  })
  assert.deepEqual(lines.map(({ message }) => message), ['no stock', 'no stock', 'no stock', 'failed', 'no stock'])
  assert.deepEqual(lines.map(({ logger }) => logger), ['Cart', 'Cart', 'nest', 'Cart', 'nest'])
  for (const { error } of lines) {
    assert.deepEqual([error.type, error.message], ['TypeError', 'no stock'])
    assert.match(error.stack, /^TypeError: no stock\n {4}at /)
  }
})

test('levels, as Nest has them', async () => {
  const all = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal']
  const told = async (levels) => (await recorded((log) => {
    log.setLogLevels(levels)
    for (const level of all) log[level](level)
  })).map(({ message }) => message)
  assert.deepEqual(await told(['warn', 'log']), ['log', 'warn', 'error', 'fatal'])
  assert.deepEqual(await told(all), all)
  assert.deepEqual(await told([]), [])
})

test('an application: what Nest says itself, and each request\'s lines with its own ids', async () => {
  const count = isFull ? 1_000 : 200
  let url
  const all = await captured(vigie, async () => {
    const app = await NestFactory.create(decorated(vigie, Logger), { logger: new NestLogger() })
    app.use(express())
    await app.listen(0, '127.0.0.1')
    url = await app.getUrl()
    await Promise.all(Array.from({ length: count }, async (_, n) => {
      const response = await fetch(`${url}/${n % 10 === 0 ? 'fails' : 'cart'}/${n}`, { headers: { 'x-request-id': `r-${n}` } })
      await response.text()
      assert.equal(response.headers.get('x-request-id'), `r-${n}`)
    }))
    await later(30)
    await app.close()
  })
  assert.ok(all.some(({ logger, message }) => logger === 'NestApplication' && /successfully started/.test(message)))
  const own = all.filter(({ logger }) => logger === 'CartController')
  assert.equal(own.length, 2 * count)
  for (const line of own) assert.equal(line.request_id, `r-${line.id}`)
  const events = all.filter(({ event }) => event === 'http.request')
  assert.equal(events.length, count)
  for (const event of events) assert.deepEqual([event.request_id, event.cart_items], [`r-${event['url.path'].split('/')[2]}`, 3])
  assert.deepEqual(new Set(events.map((event) => `${event['http.route']} ${event.level}`)), new Set(['/cart/:id INFO', '/fails/:id ERROR']))
  const errors = all.filter(({ logger }) => logger === 'ExceptionsHandler')
  assert.equal(errors.length, count / 10)
  for (const line of errors) assert.deepEqual([line.error.type, line.error.message, line.request_id?.startsWith('r-')], ['RangeError', 'no stock', true])
})
