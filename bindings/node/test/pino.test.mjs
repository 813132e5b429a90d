// `vigie/pino`: the program's pino stays as it is, and its records are Vigie's, on pino 9 and 10.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as later } from 'node:timers/promises'
import pino from 'pino'
import pino9 from 'pino-9'
import * as vigie from '../dist/esm/index.js'
import { mixin, stream } from '../dist/esm/pino.js'
import { captured, isFull, linesOf, run, scratch } from './helper.mjs'

vigie.init({ service: 'pino', outputs: [{ to: 'null' }] })

/** The only record of `work`, without what every line has. */
const one = async (work) => {
  const all = await captured(vigie, work)
  assert.equal(all.length, 1, JSON.stringify(all))
  const { timestamp, service, host, pid, ...rest } = all[0]
  return rest
}

const circular = { name: 'a' }
circular.self = circular
const throwing = { get a() { throw new Error('no') }, b: 1 }

/** What is logged, and what stands in the line beside level and logger. */
const CASES = [
  ['a text', (log) => log.info('hello'), { message: 'hello' }],
  ['a text that is filled', (log) => log.info('%s has %d of %j', 'u', 3, { a: 1 }), { message: 'u has 3 of {"a":1}' }],
  ['braces are no holes', (log) => log.info({ a: 1 }, '{a}'), { message: '{a}', a: 1 }],
  ['an object alone', (log) => log.info({ a: 1, b: 'x', c: true, d: null, e: undefined }), { message: '', a: 1, b: 'x', c: true, d: null }],
  ['nested', (log) => log.info({ a: { b: [1, { c: 2 }] } }, 'm'), { message: 'm', a: { b: [1, { c: 2 }] } }],
  ['a message among the members', (log) => log.info({ msg: 'inner', a: 1 }), { message: 'inner', a: 1 }],
  ['bindings of a child', (log) => log.child({ tenant_id: 't', a: 1 }).child({ b: 2 }).info({ a: 3 }, 'm'), { message: 'm', tenant_id: 't', a: 3, b: 2 }],
  ['a serializer', (log, make) => make({ serializers: { user: (user) => user.id } }).info({ user: { id: 7, key: 'x' } }, 'm'), { message: 'm', user: 7 }],
  ['a censored path', (log, make) => make({ redact: { paths: ['card.number'], censor: '**' } }).info({ card: { number: '4111', name: 'n' } }, 'm'), { message: 'm', card: { number: '**', name: 'n' } }],
  ['a removed path', (log, make) => make({ redact: { paths: ['a.b'], remove: true } }).info({ a: { b: 1, c: 2 } }, 'm'), { message: 'm', a: { c: 2 } }],
  ['what Vigie masks itself', (log) => log.info({ password: 'hunter2' }, 'm'), { message: 'm', password: '[redacted]' }],
  ['formatters', (log, make) => make({ formatters: { level: (label) => ({ level: label }), log: (object) => ({ ...object, added: 1 }), bindings: () => ({ node: 'n1' }) } }).info({ a: 1 }, 'm'), { message: 'm', node: 'n1', a: 1, added: 1 }],
  ['a mixin', (log, make) => make({ mixin: () => ({ region: 'eu' }) }).info('m'), { message: 'm', region: 'eu' }],
  ['a base of its own', (log, make) => make({ base: { pid: 1, hostname: 'other' } }).info('m'), { message: 'm', pid_: 1, hostname: 'other' }],
  ['no base', (log, make) => make({ base: null }).info('m'), { message: 'm' }],
  ['a name', (log, make) => make({ name: 'shop.cart' }).info('m'), { message: 'm', logger: 'shop.cart' }],
  ['a nested key', (log, make) => make({ nestedKey: 'payload' }).info({ a: 1 }, 'm'), { message: 'm', payload: { a: 1 } }],
  ['a name that is no text', (log) => log.info({ name: { first: 'a' } }, 'm'), { message: 'm', name: { first: 'a' } }],
  ['reserved names', (log) => log.info({ service: 'x', kind: 'y' }, 'm'), { message: 'm', service_: 'x', kind_: 'y' }],
  ['a cycle', (log) => log.info({ circular }, 'm'), { message: 'm', circular: { name: 'a', self: '[Circular]' } }],
  ['a BigInt', (log) => log.info({ big: 12345678901234567890n, small: 7n }, 'm'), { message: 'm', big: '12345678901234567890', small: 7 }],
  ['a date', (log) => log.info({ at: new Date(0) }, 'm'), { message: 'm', at: '1970-01-01T00:00:00.000Z' }],
  ['lone surrogates', (log) => log.info({ a: '\ud800x' }, 'm'), { message: 'm', a: '\ufffdx' }],
  ['other scripts', (log) => log.info({ 'naïve': 'Köln 価格 😀' }, 'größer\n"quoted"'), { message: 'größer\n"quoted"', 'naïve': 'Köln 価格 😀' }],
  ['a level of the program\'s own', (log, make) => make({ customLevels: { audit: 35 } }).audit('m'), { message: 'm', level: 'INFO', level_name: 'audit' }],
  ['its label as the level', (log, make) => make({ customLevels: { audit: 35 }, formatters: { level: (label) => ({ level: label }) } }).audit('m'), { message: 'm', level: 'INFO', level_name: 'audit' }],
  ['an error that is no error', (log) => log.info({ err: 'plain' }, 'm'), { message: 'm', err: 'plain' }],
]

for (const [version, make] of [[pino.version, pino], [pino9.version, pino9]]) {
  const log = make({ level: 'trace' }, stream())

  for (const [what, work, expected] of CASES) {
    test(`pino ${version}: ${what}`, async () => {
      assert.deepEqual(await one(() => work(log, (options) => make(options, stream()))), { level: 'INFO', logger: 'pino', ...expected })
    })
  }

  test(`pino ${version}: levels by their numbers`, async () => {
    const all = await captured(vigie, () => {
      for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) log[level]('m')
      make({ level: 'warn' }, stream()).info('not this')
    })
    assert.deepEqual(all.map(({ level }) => level), ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'])
  })

  test(`pino ${version}: errors with causes, members and data of their own`, async () => {
    const error = Object.assign(new TypeError('outer', { cause: new RangeError('middle', { cause: new Error('inner') }) }), { code: 'E1', status: 7 })
    for (const [options, key] of [[{}, 'err'], [{ serializers: { err: make.stdSerializers.errWithCause } }, 'err'], [{ errorKey: 'failure', messageKey: 'message' }, 'failure']]) {
      const to = stream({ errorKey: key, messageKey: options.messageKey ?? 'msg' })
      const line = await one(() => make(options, to).error({ [key]: error, a: 1 }, 'failed'))
      assert.deepEqual([line.message, line.a, line.error.type, line.error.message], ['failed', 1, 'TypeError', 'outer'])
      assert.match(line.error.stack, /^TypeError: outer\n {4}at [^]*pino\.test\.mjs/)
      assert.ok(!line.error.stack.includes('caused by'))
      assert.deepEqual(line.error.attributes, { code: 'E1', status: 7 })
      const { cause } = line.error
      assert.deepEqual([cause.type, cause.message, cause.cause.type, cause.cause.message], ['RangeError', 'middle', 'Error', 'inner'])
    }
    const many = await one(() => log.error(new AggregateError([new Error('a'), new TypeError('b')], 'both')))
    assert.deepEqual([many.message, many.error.message, many.error.errors.map(({ type, message }) => [type, message])], ['both', 'both', [['Error', 'a'], ['TypeError', 'b']]])
  })

  test(`pino ${version}: times of any form, and that of the call where they agree`, async () => {
    const before = Date.now()
    const { epochTime, unixTime, isoTime } = make.stdTimeFunctions
    const all = await captured(vigie, () => {
      for (const timestamp of [epochTime, isoTime, false]) make({ timestamp }, stream()).info('m')
      make({ timestamp: unixTime }, stream()).info('m')
      make({ timestamp: () => ',"time":1700000000000' }, stream()).info('m')
      make({ timestamp: () => ',"time":"2024-05-06T07:08:09.123Z"' }, stream()).info('m')
      make({ timestamp: () => ',"time":"noon"' }, stream()).info('m')
    })
    const times = all.map(({ timestamp }) => Date.parse(timestamp))
    for (const time of [...times.slice(0, 3), times[6]]) assert.ok(time >= before && time <= Date.now())
    assert.ok(times[3] >= before - 1000 && times[3] <= Date.now() + 1000)
    assert.deepEqual(all.slice(4, 6).map(({ timestamp }) => timestamp), ['2023-11-14T22:13:20.000000Z', '2024-05-06T07:08:09.123000Z'])
  })

  test(`pino ${version}: each record stands in the context of its call, beside another stream too`, async () => {
    const other = []
    const both = make({ level: 'debug' }, make.multistream([{ level: 'debug', stream: stream() }, { level: 'error', stream: { write: (line) => other.push(line) } }]))
    const all = await captured(vigie, () => Promise.all(Array.from({ length: 50 }, (_, n) => vigie.withContext({ correlation_id: `c-${n}` }, () => vigie.span('work', async (span) => {
      await later(Math.random() * 5)
      both[n % 2 === 0 ? 'debug' : 'error']({ n, span: span.context.spanId }, 'm')
    })))))
    const logs = all.filter(({ kind }) => kind === undefined)
    assert.equal(logs.length, 50)
    for (const line of logs) assert.deepEqual([line.correlation_id, line.span_id], [`c-${line.n}`, line.span])
    assert.equal(other.length, 25)
  })

  test(`pino ${version}: ids in the line are the record's place, as instrumentations write them`, async () => {
    const ids = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', trace_flags: '01' }
    const line = await one(() => log.info({ ...ids, a: 1 }, 'm'))
    assert.deepEqual(line, { level: 'INFO', logger: 'pino', message: 'm', trace_id: ids.trace_id, span_id: ids.span_id, a: 1 })
    assert.deepEqual(await one(() => log.info({ trace_id: 'x', span_id: 7 }, 'm')), { level: 'INFO', logger: 'pino', message: 'm', trace_id_: 'x', span_id_: 7 })
  })

  test(`pino ${version}: what pino itself makes of a getter that throws stays its own`, async () => {
    const line = await one(() => { try { log.info({ throwing }, 'm') } catch (error) { log.info(error.message) } })
    assert.ok(line.message === 'm' || line.message === 'no')
  })
}

test('a message of a megabyte is cut as any other, and nothing else is lost', async () => {
  const log = pino({}, stream())
  const all = await captured(vigie, () => {
    log.info('x'.repeat(1_000_000))
    log.info({ a: 'y'.repeat(1_000_000) }, 'm')
    log.info('next')
  })
  assert.equal(all.length, 3)
  assert.ok(all[0].message.endsWith('[truncated]') && all[1].a.endsWith('[truncated]'))
  assert.equal(all[2].message, 'next')
})

test('what is no line of pino is a message as a whole', async () => {
  const to = stream()
  const all = await captured(vigie, () => {
    for (const line of ['no json\n', '[1,2]\n', '{"level":30,"msg":"cut', '', '{}\n', '{"level":"x","msg":5,"time":{}}\n']) to.write(line)
  })
  assert.deepEqual(all.map(({ message }) => message), ['no json', '[1,2]', '{"level":30,"msg":"cut', '', '', ''])
})

test('Vigie\'s own level counts where it was set, and only there', async (t) => {
  const path = join(scratch(t), 'out.jsonl')
  vigie.reconfigure({ service: 'pino', level: 'warn', levels: { loud: 'trace' }, outputs: [{ to: 'file', path }] })
  const make = (name) => pino({ level: 'trace', name }, stream())
  make('quiet').info('no')
  make('quiet').warn('yes')
  make('loud').trace('yes')
  await vigie.flush()
  vigie.reconfigure({ service: 'pino', outputs: [{ to: 'null' }] })
    assert.deepEqual(linesOf(path).map(({ logger, message }) => [logger, message]), [['quiet', 'yes'], ['loud', 'yes']])
})

test('an option that is not accepted is told at once', () => {
  assert.throws(() => stream({ messageKey: '', errorKey: 7 }), (error) => error.code === 'VIGIE_CONFIG' && error.problems.length === 2 && /errorKey: 7; accepted: the name of a key/.test(error.message))
})

test('the mixin says where a call stands', () => {
  assert.deepEqual(mixin(), {})
  vigie.withContext({ user_id: 'u', list: [1] }, () => vigie.span('s', (span) => {
    assert.deepEqual(mixin(), { trace_id: span.context.traceId, span_id: span.context.spanId, trace_flags: '03', user_id: 'u' })
  }))
})

const ENDS = [
  ['an empty event loop', 'loop', { code: 0 }],
  ['process.exit right after', 'exit', { code: 3 }],
  ['an error that nobody catches', 'throw', { code: 1 }],
  ['SIGTERM, with the setting `signals`', 'signal', { signal: 'SIGTERM' }],
]

for (const [what, how, expected] of ENDS) {
  test(`nothing is lost in the program's thread: ${what}`, async (t) => {
    const path = join(scratch(t), 'out.jsonl')
    const count = isFull ? 20_000 : 2_000
    const { code, signal } = await run(['pino-end.mjs', path, 'stream', how, String(count)])
    assert.deepEqual({ ...(expected.signal ? { signal } : { code }) }, expected)
    assert.equal(linesOf(path).filter(({ n }) => n !== undefined).length, count)
  })

  test(`a worker's target: ${what}`, async (t) => {
    const path = join(scratch(t), 'out.jsonl')
    const count = isFull ? 20_000 : 2_000
    await run(['pino-end.mjs', path, 'target', how, String(count)])
    const lines = linesOf(path).filter(({ n }) => n !== undefined)
    // pino's worker reads from memory that is gone with a signal: what it had not read by then is lost.
    if (how === 'signal') assert.ok(lines.length <= count)
    else assert.equal(lines.length, count)
    for (const line of lines) assert.deepEqual([line.user_id, line.trace_id?.length, line.logger], ['u', 32, 'shop'])
  })
}
