// Records as the hook reads them, and that a fault of the host's logger or of a value costs a record, never the run.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureOf, Telemetry, withTelemetry } from '../dist/index.js'
import { host, SOURCE } from './helper.mjs'

const records = (from) => from.written.map(({ record }) => record)

test('a log record has its level, event, attributes and error', () => {
  const to = host()
  new Telemetry(to).log('fatal', 'no stock', { sku: 'a', none: undefined }, { event: 'order.lost', error: new RangeError('0') })
  assert.deepEqual(to.written, [
    {
      level: 'error',
      message: 'no stock',
      record: {
        v: 1,
        source: SOURCE,
        attributes: { sku: 'a' },
        kind: 'log',
        level: 'fatal',
        event: 'order.lost',
        error: { type: 'RangeError', message: '0' },
      },
    },
  ])
})

test('spans nest by their ids, and end as their body did', async () => {
  const to = host()
  const telemetry = new Telemetry(to)
  const failing = telemetry.span('outer', async (inner) => {
    assert.equal(await inner.span('first', () => 5), 5)
    throw new TypeError('broken')
  })
  await assert.rejects(failing, TypeError)
  const [outer, first, firstEnd, outerEnd] = records(to)
  assert.deepEqual([outer.kind, outer.name, outer.parent], ['span.start', 'outer', 'node'])
  assert.deepEqual([first.name, first.parent], ['first', { span: outer.span }])
  assert.deepEqual([firstEnd.kind, firstEnd.span, firstEnd.status], ['span.end', first.span, 'ok'])
  assert.deepEqual([outerEnd.span, outerEnd.status, outerEnd.error], [outer.span, 'error', { type: 'TypeError', message: 'broken' }])
  assert.ok(outerEnd.duration_ms >= 0)
})

test('a measurement that is none is a warning', () => {
  const to = host()
  const telemetry = new Telemetry(to)
  telemetry.metric('counter', 'orders', 2, { unit: '{order}', labels: { shop: 'a' } })
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1]) telemetry.metric('counter', 'orders', value)
  telemetry.metric('gauge', 'celsius', -1)
  assert.deepEqual(records(to).map(({ kind }) => kind), ['metric', 'log', 'log', 'log', 'metric'])
  assert.deepEqual(records(to)[0], {
    v: 1,
    source: SOURCE,
    attributes: { shop: 'a' },
    kind: 'metric',
    instrument: 'counter',
    name: 'orders',
    value: 2,
    unit: '{order}',
  })
})

test('attributes of the node go to its metadata', () => {
  const to = host()
  new Telemetry(to).set({ a: 1, b: true })
  assert.deepEqual(to.metadata, [{ tracing: { a: 1, b: true } }])
})

test('execute is passed through, and its run recorded', async () => {
  const to = host()
  const execute = withTelemetry(async function (telemetry, response) {
    telemetry.log('info', 'inside')
    return [[this.getNode(), response], [{}]]
  })
  assert.deepEqual(await execute.call(to, 'answer'), [[{ name: 'Order' }, 'answer'], [{}]])
  const { attributes, event } = records(to)[1]
  assert.equal(event, 'n8n.node.execute')
  assert.deepEqual({ ...attributes, duration_ms: 0 }, { outcome: 'success', duration_ms: 0, items_in: 2, items_out: 3 })

  const error = new Error('x'.repeat(5000))
  const failing = withTelemetry(async () => Promise.reject(error))
  await assert.rejects(failing.call(to), (thrown) => thrown === error)
  assert.equal(to.written.at(-1).message, 'node Order has failed')
  assert.equal(records(to).at(-1).error.message.length, 1024)
})

test('a result that is not of items is passed through uncounted', async () => {
  const to = host({ getInputData: () => assert.fail('no such input') })
  assert.equal(await withTelemetry(async () => null).call(to), null)
  assert.deepEqual(Object.keys(records(to)[0].attributes), ['outcome', 'duration_ms'])
})

test('what fails in telemetry never reaches the node', async () => {
  const broken = () => assert.fail('broken')
  const to = host({ logger: { debug: broken, info: broken, warn: broken, error: broken }, getExecutionId: broken, getNode: broken, setMetadata: broken })
  const execute = withTelemetry(async (telemetry) => {
    telemetry.set({ a: 1 })
    telemetry.metric('gauge', 'x', 1)
    return telemetry.span('s', () => 'done')
  })
  assert.equal(await execute.call(to), 'done')
})

test('values become plain data, within limits', () => {
  const to = host()
  const circle = { name: 'c' }
  circle.self = circle
  const hostile = Object.defineProperty({ kept: 1 }, 'thrown', { enumerable: true, get: () => assert.fail('getter') })
  new Telemetry(to).log('info', 'x', {
    circle,
    hostile,
    big: 2n ** 70n,
    nan: Number.NaN,
    when: new Date(0),
    never: new Date(Number.NaN),
    error: new RangeError('r'),
    fn: () => 1,
    list: [undefined, 1],
    long: 'y'.repeat(9000),
    many: Array.from({ length: 70 }, (_, at) => at),
  })
  const { attributes } = records(to)[0]
  assert.doesNotThrow(() => JSON.stringify(attributes))
  assert.equal(attributes.circle.self.self.self.self.self, '[truncated]')
  assert.deepEqual(attributes.hostile, { kept: 1 })
  assert.deepEqual([attributes.big, attributes.nan, attributes.when, attributes.never], ['1180591620717411303424', 'NaN', '1970-01-01T00:00:00.000Z', null])
  assert.deepEqual([attributes.error, attributes.fn, attributes.list], [{ type: 'RangeError', message: 'r' }, undefined, [null, 1]])
  assert.equal(attributes.long.length, 8192 + '[truncated]'.length)
  assert.deepEqual([attributes.many.length, attributes.many.at(-1)], [65, '[truncated]'])
})

test('an error that is none has a type, too', () => {
  assert.deepEqual(failureOf('text'), { type: 'string', message: 'text' })
})
