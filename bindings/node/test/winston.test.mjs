// `vigie/winston`: the program's winston stays as it is, and its records are Vigie's.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as later } from 'node:timers/promises'
import { Writable } from 'node:stream'
import winston from 'winston'
import * as vigie from '../dist/esm/index.js'
import { Transport } from '../dist/esm/winston.js'
import { captured, isFull, linesOf, run, scratch } from './helper.mjs'

vigie.init({ service: 'winston', outputs: [{ to: 'null' }] })

const { format } = winston
const make = (options = {}, transport = {}) => winston.createLogger({ level: 'silly', transports: [new Transport(transport)], ...options })

/** The only record of `work`, without what every line has. */
const one = async (work) => {
  const all = await captured(vigie, work)
  assert.equal(all.length, 1, JSON.stringify(all))
  const { timestamp, service, host, pid, ...rest } = all[0]
  return rest
}

const circular = { name: 'a' }
circular.self = circular
const failure = Object.assign(new TypeError('no stock', { cause: new Error('inner') }), { code: 'E1' })

/** What is logged, and what stands in the line beside level and logger. */
const CASES = [
  ['a text', () => make().info('hello'), { message: 'hello' }],
  ['members', () => make().info('hello', { a: 1, b: { c: [1] } }), { message: 'hello', a: 1, b: { c: [1] } }],
  ['braces are no holes', () => make().info('{a}', { a: 1 }), { message: '{a}', a: 1 }],
  ['a text that is filled', () => make({ format: format.splat() }).info('%s has %d', 'u', 3), { message: 'u has 3' }],
  ['an object', () => make().info({ message: 'm', a: 1 }), { message: 'm', a: 1 }],
  ['the form `log`', () => make().log('warn', 'm', { a: 1 }), { level: 'WARN', message: 'm', a: 1 }],
  ['the form `log` with an object', () => make().log({ level: 'warn', message: 'm', a: 1 }), { level: 'WARN', message: 'm', a: 1 }],
  ['a child', () => make().child({ tenant_id: 't', a: 1 }).info('m', { a: 2 }), { message: 'm', tenant_id: 't', a: 2 }],
  ['meta of the logger', () => make({ defaultMeta: { region: 'eu' } }).info('m'), { message: 'm', region: 'eu' }],
  ['a label', () => make({ format: format.label({ label: 'shop.cart' }) }).info('m'), { message: 'm', logger: 'shop.cart' }],
  ['a format for text', () => make({ format: format.combine(format.colorize(), format.timestamp(), format.simple()) }).info('m', { a: 1 }), { message: 'm', a: 1 }],
  ['a format of the transport', () => make({}, { format: format((info) => ({ ...info, added: 1 }))() }).info('m'), { message: 'm', added: 1 }],
  ['a format that leaves out', () => { const log = make({ format: format((info) => (info.secret ? false : info))() }); log.info('no', { secret: true }); log.info('m') }, { message: 'm' }],
  ['what Vigie masks itself', () => make().info('m', { password: 'hunter2' }), { message: 'm', password: '[redacted]' }],
  ['reserved names', () => make().info('m', { service: 'x', kind: 'y' }), { message: 'm', service_: 'x', kind_: 'y' }],
  ['a time that is no date', () => make({ format: format.timestamp({ format: 'HH:mm' }) }).info('m'), (line) => line.timestamp_ !== undefined && line.message === 'm'],
  ['a cycle', () => make().info('m', { circular }), { message: 'm', circular: { name: 'a', self: '[circular]' } }],
  ['a getter that throws', () => make({ format: format.splat() }).info('m', { a: { get b() { throw new Error('no') } } }), { message: 'm', a: { b: '[getter threw]' } }],
  ['a BigInt', () => make().info('m', { big: 12345678901234567890n }), { message: 'm', big: '12345678901234567890' }],
  ['a message that is an object', () => make().info({ message: { a: 1 } }), { message: '', message_: { a: 1 } }],
  ['npm\'s levels', () => make().http('m'), { message: 'm', level_name: 'http' }],
  ['verbose', () => make().verbose('m'), { level: 'DEBUG', message: 'm' }],
  ['silly', () => make().silly('m'), { level: 'TRACE', message: 'm' }],
  ['syslog\'s levels', () => make({ levels: winston.config.syslog.levels, level: 'debug' }).crit('m'), { level: 'FATAL', message: 'm' }],
  ['syslog\'s notice', () => make({ levels: winston.config.syslog.levels, level: 'debug' }).notice('m'), { level: 'INFO', message: 'm', level_name: 'notice' }],
  ['levels of the program\'s own', () => make({ levels: { error: 0, audit: 1, info: 2 }, level: 'info' }).audit('m'), { level: 'ERROR', message: 'm', level_name: 'audit' }],
]

for (const [what, work, expected] of CASES) {
  test(what, async () => {
    const line = await one(work)
    if (typeof expected === 'function') assert.ok(expected(line), JSON.stringify(line))
    else assert.deepEqual(line, { level: 'INFO', logger: 'winston', ...expected })
  })
}

const FAILURES = [
  ['alone', (log) => log.error(failure), 'no stock'],
  ['behind a text', (log) => log.error('failed', failure), 'failed no stock'],
  ['as a member', (log) => log.error('failed', { error: failure }), 'failed'],
  ['under another name', (log) => log.error('failed', { err: failure, a: 1 }), 'failed'],
  ['as the message', (log) => log.log('error', { message: failure }), 'no stock'],
]

for (const [what, work, message] of FAILURES) {
  for (const [how, options] of [['', {}], [', with format.errors', { format: format.errors({ stack: true }) }]]) {
    test(`an error ${what}${how}`, async () => {
      const line = await one(() => work(make(options)))
      assert.equal(line.level, 'ERROR')
      assert.ok(line.message.startsWith(message), line.message)
      assert.deepEqual([line.error?.type, line.error?.message.startsWith('no stock') || line.error?.message], ['TypeError', true], JSON.stringify(line))
      assert.match(line.error.stack, /^TypeError: no stock\n {4}at /)
      assert.ok(!('stack' in line) && !('err' in line), JSON.stringify(line))
    })
  }
}

test('a time of the record\'s own', async () => {
  const all = await captured(vigie, () => {
    make({ format: format.timestamp() }).info('m')
    make({ format: format((info) => ({ ...info, timestamp: '2024-05-06T07:08:09.123Z' }))() }).info('m')
  })
  assert.ok(Date.now() - Date.parse(all[0].timestamp) < 60_000)
  assert.equal(all[1].timestamp, '2024-05-06T07:08:09.123000Z')
})

test('levels of the logger and of the transport decide, and silence does', async () => {
  const all = await captured(vigie, () => {
    for (const log of [make({ level: 'warn' }), make({}, { level: 'warn' })]) {
      log.info('no')
      log.warn('yes')
    }
    make({}, { silent: true }).error('no')
    make({ silent: true }).error('no')
    const later = make({ level: 'error' })
    later.info('no')
    later.level = 'info'
    later.info('yes')
    const two = new Transport()
    const own = winston.createLogger({ level: 'info', transports: [two] })
    own.info('yes')
    own.remove(two)
    own.add(new Transport())
    own.info('yes')
  })
  assert.deepEqual(all.map(({ message }) => message), ['yes', 'yes', 'yes', 'yes', 'yes'])
})

test('each record stands in the context of its call, beside a transport that is slow too', async () => {
  const slow = []
  const stream = new Writable({ objectMode: true, highWaterMark: 1, write: (info, _encoding, done) => { slow.push(info); setTimeout(done, 1) } })
  const log = winston.createLogger({ level: 'info', transports: [new Transport(), new winston.transports.Stream({ stream })] })
  const root = log.child({ from: 'child' })
  const all = await captured(vigie, async () => {
    await Promise.all(Array.from({ length: 200 }, (_, n) => vigie.withContext({ correlation_id: `c-${n}` }, async () => {
      await later(Math.random() * 5)
      vigie.span('work', (span) => (n % 2 ? log : root).info('m', { n, span: span.context.spanId }))
    })))
    while (slow.length < 200) await later(5)
  })
  const logs = all.filter(({ kind }) => kind === undefined)
  assert.equal(logs.length, 200)
  for (const line of logs) assert.deepEqual([line.correlation_id, line.span_id], [`c-${line.n}`, line.span])
})

test('logging inside of a format, and a closed logger, do no harm', async () => {
  const log = make()
  const loud = make({ format: format((info) => { log.info('inside'); return info })() })
  const all = await captured(vigie, async () => {
    loud.info('outside')
    loud.close()
    loud.end()
    log.info('x'.repeat(1_000_000))
    await later(10)
  })
  assert.deepEqual(all.slice(0, 2).map(({ message }) => message), ['inside', 'outside'])
  assert.ok(all[2].message.endsWith('[truncated]'))
})

test('what nobody catches is winston\'s only where it is asked to', async (t) => {
  for (const [handles, expected] of [['', ['vigie']], ['handle', ['vigie', 'winston']]]) {
    const path = join(scratch(t), 'out.jsonl')
    const { code } = await run(['winston-end.mjs', path, 'throw', '1', handles])
    assert.equal(code, 1)
    const thrown = linesOf(path).filter(({ n }) => n === undefined)
    assert.deepEqual(thrown.map(({ logger }) => logger), expected)
    assert.deepEqual([thrown[0].level, thrown[0].error.message], ['FATAL', 'on purpose'])
  }
})

for (const [how, expected] of [['loop', { code: 0 }], ['exit', { code: 3 }], ['throw', { code: 1 }], ['signal', { signal: 'SIGTERM' }]]) {
  test(`nothing is lost at the end: ${how}`, async (t) => {
    const path = join(scratch(t), 'out.jsonl')
    const count = isFull ? 20_000 : 2_000
    const { code, signal } = await run(['winston-end.mjs', path, how, String(count), ''])
    assert.deepEqual(expected.signal ? { signal } : { code }, expected)
    assert.equal(linesOf(path).filter(({ n }) => n !== undefined).length, count)
  })
}
