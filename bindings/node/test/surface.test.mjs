// The public face: what each name does, on lines as users get them.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as vigie from '../dist/esm/index.js'
import { captured, esm, linesOf, run, scratch } from './helper.mjs'

vigie.init({ service: 'shop', version: '1.4.2', environment: 'test', level: 'info', outputs: [{ to: 'null' }] })
const log = vigie.getLogger('shop.cart')
const lines = (work) => captured(vigie, work)

test('a record has message, template, attributes and resource', async () => {
  const [line] = await lines(() => log.info('order {order_id} placed', { order_id: 42, amount: 9.5 }))
  const { timestamp, host, pid, ...rest } = line
  assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 5000)
  assert.equal(pid, process.pid)
  assert.deepEqual(rest, {
    level: 'INFO', message: 'order 42 placed', logger: 'shop.cart', service: 'shop', version: '1.4.2', environment: 'test',
    template: 'order {order_id} placed', order_id: 42, amount: 9.5,
  })
})

test('levels filter, and isEnabled tells', async () => {
  const found = await lines(() => {
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) log[level](level)
    log.log('warning', 'alias')
    log.log(20, 'a number below the level')
    log.log(60, 'a number')
    log.log('no such level', 'unknown')
  })
  assert.deepEqual(found.map((line) => [line.level, line.message]), [
    ['INFO', 'info'], ['WARN', 'warn'], ['ERROR', 'error'], ['FATAL', 'fatal'], ['WARN', 'alias'], ['FATAL', 'a number'], ['INFO', 'unknown'],
  ])
  assert.equal(log.isEnabled('debug'), false)
  assert.equal(log.isEnabled('info'), true)
  assert.equal(log.isEnabled(20), false)
})

test('numbers as levels are those of pino', async () => {
  const numbers = [10, 20, 29, 30, 35, 40, 50, 59.5, 60, 100, '40', 9, 1, 0, -5, Number.NaN, Infinity]
  const config = { service: 'shop', version: '1.4.2', environment: 'test', outputs: [{ to: 'null' }] }
  vigie.reconfigure({ ...config, level: 'trace' })
  const found = await lines(() => { for (const number of numbers) log.log(number, 'm') })
  vigie.reconfigure({ ...config, level: 'info' })
  assert.deepEqual(found.map((line) => line.level), [
    'TRACE', 'DEBUG', 'DEBUG', 'INFO', 'INFO', 'WARN', 'ERROR', 'ERROR', 'FATAL', 'FATAL', 'WARN', 'TRACE', 'TRACE', 'INFO', 'INFO', 'INFO', 'FATAL',
  ])
  assert.throws(() => vigie.reconfigure({ ...config, level: 30 }), (error) => error instanceof vigie.ConfigError && /level: 30; accepted: .*info/.test(error.message))
})

test('reconfigure changes the level of loggers that exist', async (t) => {
  const child = log.bind({ a: 1 })
  const config = { service: 'shop', version: '1.4.2', environment: 'test', outputs: [{ to: 'null' }] }
  vigie.reconfigure({ ...config, level: 'debug', levels: { 'shop.quiet': 'error' } })
  t.after(() => vigie.reconfigure({ ...config, level: 'info' }))
  const found = await lines(() => {
    log.debug('now')
    child.debug('and its child')
    vigie.getLogger('shop.quiet').warn('not this one')
    vigie.getLogger('shop.quiet.below').warn('nor this one')
  })
  assert.deepEqual(found.map((line) => line.message), ['now', 'and its child'])
})

test('bound attributes come before the own ones, the last value wins at the first place', async () => {
  const child = log.bind({ a: 1, b: 2 }).bind({ b: 3, c: 4 })
  const [line] = await lines(() => child.info('x', { a: 5, d: 6 }))
  const own = Object.entries(line).filter(([key]) => 'abcd'.includes(key))
  assert.deepEqual(own, [['a', 5], ['b', 3], ['c', 4], ['d', 6]])
  assert.equal(child.name, 'shop.cart')
})

test('errors with causes; thrown values that are no errors', async () => {
  class PaymentError extends Error {}
  const cause = new TypeError('low')
  const found = await lines(() => {
    log.error('failed', new PaymentError('high', { cause }), { order_id: 1 })
    log.error('failed', 'a string', { order_id: 2 })
    log.error('failed', undefined, { order_id: 3 })
    log.error('failed', new Error('alone'))
    log.error(new RangeError('as a message'))
  })
  assert.equal(found[0].error.type, 'PaymentError')
  assert.equal(found[0].error.message, 'high')
  assert.match(found[0].error.stack, /^Error: high\n {4}at .*surface\.test/)
  assert.deepEqual([found[0].error.cause.type, found[0].error.cause.message], ['TypeError', 'low'])
  assert.equal(found[0].order_id, 1)
  assert.deepEqual([found[1].error, found[1].order_id], [{ type: 'string', message: 'a string' }, 2])
  assert.deepEqual([found[2].error, found[2].order_id], [undefined, 3])
  assert.equal(found[3].error.message, 'alone')
  assert.deepEqual([found[4].message, found[4].error.type], ['as a message', 'RangeError'])
})

test('a message that is no string is data, not a template', async () => {
  const hole = { toString: () => '{a}' }
  const found = await lines(() => {
    log.info(hole, { a: 1 })
    log.info(undefined)
    log.info(7n)
    log.info(Symbol('s'))
  })
  assert.deepEqual(found.map((line) => [line.message, line.template]), [
    ['{a}', undefined], ['undefined', undefined], ['7', undefined], ['Symbol(s)', undefined],
  ])
})

test('spans: nesting, attributes, events, links, status, explicit times', async () => {
  const found = await lines(async () => {
    const remote = vigie.contextFrom({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
    const value = await vigie.span('outer', { a: 1 }, async (span) => {
      span.setAttribute('b', [1, 2]).setAttributes({ c: 'x', a: 2 }).addEvent('e', { sku: 'A1' }).addLink({ context: remote })
      await null
      log.info('inside')
      return vigie.span('inner', () => 5)
    })
    assert.equal(value, 5)
    const span = vigie.startSpan('job', {
      parent: remote, kind: 'consumer', startTime: new Date(1000), scope: 'lib', links: [{ context: remote, attributes: { k: 1 } }],
    })
    span.updateName('work').setStatus('error', 'why')
    span.end([2, 500])
    span.end()
    span.setAttribute('late', true)
  })
  const [inside, inner, outer, job] = found
  assert.equal(inside.span_id, outer.span_id)
  assert.equal(inner.parent_span_id, outer.span_id)
  assert.equal(inner.trace_id, outer.trace_id)
  assert.deepEqual(outer.attributes, { a: 2, b: [1, 2], c: 'x' })
  assert.deepEqual([outer.events[0].name, outer.events[0].attributes], ['e', { sku: 'A1' }])
  assert.deepEqual(outer.links, [{ trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' }])
  assert.ok(outer.duration_ns > 0 && outer.duration_ns < 5e9)
  assert.equal(job.timestamp, '1970-01-01T00:00:01.000000Z')
  assert.deepEqual(
    [job.name, job.duration_ns, job.span_kind, job.status, job.status_message, job.scope, job.parent_span_id, job.attributes],
    ['work', 1_000_000_500, 'consumer', 'error', 'why', 'lib', 'b7ad6b7169203331', undefined],
  )
  assert.deepEqual(job.links[0].attributes, { k: 1 })
})

test('what is thrown inside of a span is recorded and thrown on', async () => {
  const failure = new Error('broken')
  const found = await lines(async () => {
    assert.throws(() => vigie.span('sync', () => { throw failure }), failure)
    await assert.rejects(vigie.span('async', async () => { throw failure }), failure)
  })
  for (const line of found) {
    assert.deepEqual([line.status, line.status_message, line.events[0].name], ['error', 'Error: broken', 'exception'])
    assert.equal(line.events[0].attributes['exception.message'], 'broken')
  }
})

test('many attributes, with names that repeat', async () => {
  const [line] = await lines(() => {
    const span = vigie.startSpan('s')
    for (let i = 0; i < 60; i++) span.setAttribute(`k${i % 30}`, i)
    span.end()
  })
  assert.deepEqual(Object.entries(line.attributes), Array.from({ length: 30 }, (_, i) => [`k${i}`, i + 30]))
})

test('events and links beyond limits that came down while the span was open are passed over, and counted', async (t) => {
  const path = join(scratch(t), 'spans.jsonl')
  const settings = { service: 'shop', outputs: [{ to: 'file', path }] }
  t.after(() => vigie.reconfigure({ service: 'shop', outputs: [{ to: 'null' }] }))
  vigie.reconfigure(settings)
  const dropped = () => vigie.stats().span_items_dropped
  const before = dropped()
  for (const most of [1, 0]) {
    const span = vigie.startSpan('long')
    for (const name of ['one', 'two']) span.addEvent(name, { text: 'größe', list: [1, 'a'] }).addLink({ context: span, attributes: { name } })
    vigie.reconfigure({ ...settings, limits: { events: most, links: most } })
    span.end()
    vigie.startSpan('after').setAttribute('k', 'v').addEvent('three').end()
    vigie.reconfigure(settings)
  }
  await vigie.flush()
  const [long, after, bare, last] = linesOf(path)
  assert.deepEqual(long.events.map(({ name, attributes }) => [name, attributes]), [['one', { text: 'größe', list: [1, 'a'] }]])
  assert.deepEqual(long.links.map(({ attributes }) => attributes), [{ name: 'one' }])
  assert.deepEqual([after.name, after.attributes.k, after.events.map(({ name }) => name)], ['after', 'v', ['three']])
  assert.deepEqual([bare.name, bare.events, bare.links, last.name, last.attributes.k, last.events], ['long', undefined, undefined, 'after', 'v', undefined])
  assert.equal(dropped() - before, 2 + 5)
})

test('instruments: the same name is the same series; other kinds are refused', () => {
  const orders = vigie.counter('orders_total', { unit: '1', description: 'Orders' })
  orders.add(1, { region: 'eu' })
  vigie.counter('orders_total').bind({ region: 'eu' }).add(2)
  orders.add(0.5, { region: 'us' })
  orders.add(0.5, { region: 'us' })
  orders.add(-1, { region: 'eu' })
  orders.add(Number.NaN)
  vigie.upDownCounter('open').add(-3)
  vigie.gauge('depth').set(7)
  vigie.gauge('seen', { callback: () => 11 })
  vigie.gauge('thrown', { callback: () => { throw new Error('no') } })
  const latency = vigie.histogram('latency', { unit: 's', buckets: [0.1, 1] })
  latency.record(0.05, { route: '/' })
  latency.bind({ route: '/' }).record(5)
  assert.equal(latency.time({ route: '/t' }, () => 3), 3)
  const text = vigie.metricsText()
  for (const line of [
    'orders_total{region="eu"} 3', 'orders_total{region="us"} 1.0', 'open -3', 'depth 7', 'seen 11',
    'latency_bucket{route="/",le="0.1"} 1', 'latency_bucket{route="/",le="1.0"} 1', 'latency_bucket{route="/",le="+Inf"} 2',
    'latency_count{route="/t"} 1',
  ]) assert.ok(text.includes(`${line}\n`), `${line} is not in\n${text}`)
  assert.ok(vigie.metricsText({ openmetrics: true }).endsWith('# EOF\n'))
  assert.throws(() => vigie.gauge('orders_total'), vigie.ConfigError)
  assert.throws(() => vigie.histogram('descending', { buckets: [2, 1] }), vigie.ConfigError)
  assert.equal(vigie.stats().invalid_measurements, 2)
})

test('a gauge keeps its last number, whatever it is set to', () => {
  const level = vigie.gauge('kept')
  const before = vigie.stats().invalid_measurements
  level.set(7)
  const refused = [undefined, null, '5', '', {}, [3], Symbol('s'), true, Promise.resolve(1), new Date(5), Object(5)]
  for (const value of refused) {
    level.set(value)
    level.bind({ a: 1 }).set(value)
  }
  assert.equal(vigie.stats().invalid_measurements, before + 2 * refused.length)
  assert.match(vigie.metricsText(), /^kept 7$/m)
  assert.doesNotMatch(vigie.metricsText(), /^kept\{/m)
  level.set(5n)
  assert.match(vigie.metricsText(), /^kept 5$/m)
})

test('callbacks that are late, fail, or collect themselves', async () => {
  const result = await run(['--input-type=module', '-e', `
    import assert from 'node:assert/strict'
    import * as vigie from ${JSON.stringify(esm)}
    vigie.init({ service: 'x', outputs: [{ to: 'null' }] })
    for (const callback of [async () => 5, function* () { yield 5 }, async function* () { yield 5 }]) {
      assert.throws(() => vigie.gauge('late', { callback }), (error) => error instanceof vigie.ConfigError && /^late.callback: .*; accepted: a function that returns a number at once/.test(error.message))
    }
    let calls = 0
    const answers = { rejected: () => Promise.reject(new Error('x')), promised: () => Promise.resolve(5), text: () => '5', none: () => null, nothing: () => undefined,
      thrown: () => { throw new Error('x') }, nested: () => { calls++; vigie.flushSync(); return vigie.metricsText().length && 3 } }
    for (const [name, callback] of Object.entries(answers)) {
      const gauge = vigie.gauge('g_' + name, { callback })
      if (name !== 'nested') gauge.set(1)
    }
    assert.deepEqual(vigie.metricsText().match(/^g_.*$/gm).sort(), ['g_nested 3', 'g_none 1', 'g_nothing 1', 'g_promised 1', 'g_rejected 1', 'g_text 1', 'g_thrown 1'])
    assert.equal(calls, 1)
    assert.equal(vigie.stats().invalid_measurements, 4)
    await vigie.flush()
    assert.equal(calls, 2)
    await new Promise((resolve) => setTimeout(resolve, 20))`])
  assert.deepEqual([result.code, result.stderr], [0, ''])
})

test('a counter adds whole numbers beyond 32 bits exactly', () => {
  const big = vigie.counter('big_total')
  for (let i = 0; i < 3; i++) big.add(Number.MAX_SAFE_INTEGER)
  assert.ok(vigie.metricsText().includes('big_total 27021597764222973\n'))
})

test('histogram.time: promises, failures, milliseconds', async () => {
  const slow = vigie.histogram('slow', { unit: 'ms', buckets: [1000] })
  await slow.time(async () => null)
  assert.throws(() => slow.time(() => { throw new Error('x') }), /x/)
  await assert.rejects(slow.bind({}).time(async () => { throw new Error('y') }), /y/)
  await null
  assert.match(vigie.metricsText(), /slow_count 3\n/)
})

test('mistakes of the configuration come all at once', () => {
  assert.throws(() => vigie.reconfigure({ levle: 'info', sample: { traces: 2 } }), (error) => {
    assert.ok(error instanceof vigie.ConfigError && error instanceof Error)
    assert.equal(error.code, 'VIGIE_CONFIG')
    assert.deepEqual(error.problems.map((problem) => problem.key).sort(), ['levle', 'sample.traces'])
    assert.match(error.message, /level/)
    return true
  })
  assert.throws(() => vigie.init({ service: 'other' }), vigie.ConfigError)
  const cyclic = {}
  cyclic.self = cyclic
  assert.throws(() => vigie.reconfigure(cyclic), vigie.ConfigError)
})

test('stats balance after a flush', async () => {
  log.info('one more')
  assert.equal(await vigie.flush(5000), true)
  for (const { accepted, delivered, dropped, queued, spooled } of vigie.stats().outputs) {
    assert.equal(accepted, delivered + Object.values(dropped).reduce((a, b) => a + b, 0) + queued + spooled)
  }
  assert.equal(vigie.flushSync(5000), true)
})

test('sampling by ratio: none, all, some', async (t) => {
  const config = { service: 'shop', version: '1.4.2', environment: 'test', outputs: [{ to: 'null' }] }
  t.after(() => vigie.reconfigure({ ...config, level: 'info' }))
  const spans = (traces) => {
    vigie.reconfigure({ ...config, sample: { traces } })
    return lines(() => { for (let i = 0; i < 400; i++) vigie.span('s', (span) => span.isRecording) })
      .then((found) => found.filter((line) => line.kind === 'span'))
  }
  assert.equal((await spans(0)).length, 0)
  assert.equal((await spans(1)).length, 400)
  const some = (await spans(0.5)).length
  assert.ok(some > 120 && some < 280, `${some}`)
})

test('shutdown refuses what comes later, init opens anew', async () => {
  const result = await run('shutdown.mjs')
  assert.deepEqual([result.code, result.stdout], [0, ''])
  assert.match(result.stderr, /anew/)
})

test('fake timers of a test do not stop the records', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate', 'setInterval', 'Date'] })
  const [line] = await captured(vigie, () => log.info('m'))
  t.mock.timers.reset()
  assert.ok(Math.abs(Date.parse(line.timestamp) - Date.now()) < 60_000)
})

test('a method without its logger costs the record, not the program', () => {
  const { info } = log
  const before = vigie.stats().lost
  info('m', { a: 1 })
  assert.equal(vigie.stats().lost, before + 1)
})

test('requests without end leave nothing behind, nor do names made of data', async () => {
  const counted = vigie.counter('counted_total')
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc')
  const used = () => { gc(); return process.memoryUsage().heapUsed }
  const work = async (from) => {
    for (let i = from; i < from + 20_000; i++) {
      log.info(`text ${i}`, { [`name${i}`]: i, nested: { [`name${i}`]: [i] } })
      counted.add(1, { [`name${i}`]: i })
      vigie.withContext({ request_id: `r-${i}`, n: i }, () => vigie.span('request', () => log.bind({ order: `o-${i}` }).info('done')))
      if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await vigie.flush(10_000)
  }
  await work(0)
  const before = used()
  await work(20_000)
  assert.ok(used() - before < 4 * 1024 * 1024, `${(used() - before) / 1e6} MB`)
})

test('100 000 label sets: the total is kept, the series are bounded', () => {
  const wide = vigie.counter('wide_total')
  const start = performance.now()
  for (let i = 0; i < 100_000; i++) wide.add(1, { id: i })
  for (let i = 0; i < 1000; i++) wide.add(1, { object: { id: i } })
  const values = [...vigie.metricsText().matchAll(/^wide_total\{.*\} (\d+)$/gm)].map((match) => Number(match[1]))
  assert.equal(values.reduce((sum, value) => sum + value, 0), 101_000)
  assert.ok(values.length <= 2001, `${values.length} series`)
  // A guard against what is quadratic, not a measure of speed.
  assert.ok(performance.now() - start < 60_000)
})

test('a level that another thread changed reaches this one with its next records', async () => {
  const result = await run('levels.mjs')
  assert.deepEqual([result.code, result.stderr, result.stdout], [0, '', 'changed\n'])
})
