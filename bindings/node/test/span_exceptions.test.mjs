// Exceptions of spans as log records: the setting `exceptions`, from Vigie's face and from OpenTelemetry's.
import { trace } from '@opentelemetry/api'
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import * as vigie from '../dist/esm/index.js'
import { register } from '../dist/esm/otel.js'
import { captured } from './helper.mjs'

const settings = { service: 'shop', outputs: [{ to: 'null' }] }
register({ ...settings })
beforeEach(() => vigie.reconfigure({ ...settings, exceptions: 'logs' }))

const refused = () => Object.assign(new RangeError('not today', { cause: new TypeError('card') }), { code: 7 })

/** What is recorded, records and spans apart. */
async function recorded(work) {
  const all = await captured(vigie, work)
  return { logs: all.filter(({ kind }) => kind === undefined), spans: all.filter(({ kind }) => kind === 'span') }
}

test('what leaves a span is a whole error in its context', async () => {
  const { logs: [told], spans: [span] } = await recorded(() => vigie.withContext({ user_id: 'u' }, () => {
    assert.throws(() => vigie.span('pay', () => { throw refused() }))
  }))
  assert.deepEqual([span.events, span.status, span.status_message], [undefined, 'error', 'RangeError: not today'])
  assert.deepEqual([told.level, told.event, told.message, told.logger], ['ERROR', 'exception', span.status_message, undefined])
  assert.deepEqual([told.trace_id, told.span_id, told.user_id], [span.trace_id, span.span_id, 'u'])
  assert.deepEqual([told.error.type, told.error.attributes, told.error.cause.type], ['RangeError', { code: 7 }, 'TypeError'])
})

test('what is recorded has the attributes of the call, and is of the span, current or not', async () => {
  const { logs: [told], spans: [span] } = await recorded(() => {
    const open = vigie.startSpan('pay')
    open.recordException('a text', { retry: 1 }).end()
    open.recordException(refused())
  })
  assert.deepEqual([told.retry, told.message, told.error.type, told.span_id], [1, 'string: a text', 'string', span.span_id])
})

test('with both there is the event too, and in one world the same of it', async () => {
  vigie.reconfigure({ ...settings, exceptions: 'both' })
  const { logs, spans: [span] } = await recorded(() => vigie.startSpan('pay').recordException(refused()).end())
  assert.deepEqual(span.events.map(({ name, attributes }) => [name, attributes['exception.type']]), [['exception', 'RangeError']])
  assert.deepEqual(logs.map(({ error }) => error.type), ['RangeError'])
})

test('of OpenTelemetry, under the name of the tracer and at the time that is given', async () => {
  const { logs, spans: [span] } = await recorded(() => {
    const open = trace.getTracer('shop.cart').startSpan('pay')
    open.recordException(refused(), new Date('2023-11-14T22:13:20Z'))
    open.recordException({})
    open.end()
    open.recordException(refused())
  })
  assert.deepEqual(logs.map(({ timestamp, logger, message }) => [timestamp, logger, message]), [['2023-11-14T22:13:20.000000Z', 'shop.cart', '7: not today']])
  assert.deepEqual([logs[0].error.cause.type, logs[0].span_id, span.events], ['TypeError', span.span_id, undefined])
})
