// `wrapHandler`: what is recorded of an invocation, and that the handler is what it was.
// Not for freezes, kills and servers that do not answer: see freeze.test.mjs.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import * as vigie from '../dist/esm/index.js'
import { captured, esm, linesOf, run, scratch } from './helper.mjs'

vigie.init({ service: 'shop', outputs: [{ to: 'null' }] })

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`
const OTHER = '00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01'
const XRAY = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:shop'
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming')

/** What the runtime hands to a handler. */
function contextOf(ms = 30_000) {
  const end = performance.now() + ms
  return {
    awsRequestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
    functionName: 'shop',
    functionVersion: '7',
    invokedFunctionArn: `${ARN}:live`,
    getRemainingTimeInMillis: () => Math.max(0, end - performance.now()),
  }
}

const lines = (work) => captured(vigie, work)
const spansOf = async (work) => (await lines(work)).filter((line) => line.kind === 'span')
const invoke = (event, context = contextOf()) => spansOf(() => vigie.wrapHandler(async () => 7)(event, context))

test('an invocation is a server span with what the context says', async () => {
  const handler = vigie.wrapHandler(async (event) => {
    vigie.getLogger('shop').info('inside')
    return event.n + 1
  })
  const found = await lines(async () => assert.equal(await handler({ n: 1 }, contextOf()), 2))
  const [log, span] = found
  assert.deepEqual([span.name, span.span_kind, span.status, span.parent_span_id], ['shop', 'server', 'unset', undefined])
  const { 'faas.coldstart': _, ...attributes } = span.attributes
  assert.deepEqual(attributes, {
    'faas.invocation_id': '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
    'faas.name': 'shop',
    'faas.version': '7',
    'aws.lambda.invoked_arn': `${ARN}:live`,
    'cloud.resource_id': `${ARN}:7`,
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_lambda',
    'cloud.region': 'eu-west-1',
    'cloud.account.id': '123456789012',
  })
  assert.deepEqual([log.trace_id, log.span_id], [span.trace_id, span.span_id])
})

const told = (text, name = 'traceparent') => ({ [name]: { stringValue: text, dataType: 'String' } })
const sqs = (messages, attributes = {}) => ({ Records: messages.map((messageAttributes) => ({ eventSource: 'aws:sqs', messageAttributes, attributes })) })
const V1 = { httpMethod: 'GET', resource: '/cart/{id}', requestContext: { stage: 'prod' } }
const V2 = { version: '2.0', routeKey: 'GET /cart/{id}', requestContext: { http: { method: 'GET' } } }

test('the trace of the event goes on', async () => {
  const events = [
    { ...V1, headers: { traceparent: TRACEPARENT } },
    { ...V1, headers: { TraceParent: TRACEPARENT, other: null } },
    { ...V1, headers: null, multiValueHeaders: { TRACEPARENT: [TRACEPARENT] } },
    { ...V2, headers: { Traceparent: TRACEPARENT } },
    { headers: { traceparent: TRACEPARENT } },
    sqs([told(TRACEPARENT)]),
    sqs([told(TRACEPARENT, 'TraceParent')]),
    sqs([{}], { AWSTraceHeader: TRACEPARENT }),
    sqs([told(TRACEPARENT)], { AWSTraceHeader: OTHER }),
  ]
  for (const event of events) {
    const [span] = await invoke(event)
    assert.deepEqual([span.trace_id, span.parent_span_id, span.links], [TRACE, PARENT, undefined], JSON.stringify(event))
  }
})

test('nothing is made up where no trace comes', async (t) => {
  process.env._X_AMZN_TRACE_ID = XRAY
  t.after(() => delete process.env._X_AMZN_TRACE_ID)
  const events = [
    {},
    { headers: { traceparent: '00-nonsense' } },
    { headers: { 'X-Amzn-Trace-Id': XRAY } },
    sqs([{}], { AWSTraceHeader: XRAY }),
    sqs([{ traceparent: { binaryValue: 'AA==' } }]),
    { Records: [{ eventSource: 'aws:sns', Sns: {} }] },
  ]
  for (const event of events) {
    const [span] = await invoke(event)
    assert.equal(span.parent_span_id, undefined, JSON.stringify(event))
    assert.ok(![TRACE, '5759e988bd862e3fe1be46a994272793'].includes(span.trace_id))
  }
})

test('the header of AWS, and what its runtime says, are read where that is configured', async (t) => {
  const outputs = [{ to: 'null' }]
  vigie.reconfigure({ service: 'shop', outputs, propagators: ['xray'] })
  t.after(() => vigie.reconfigure({ service: 'shop', outputs }))
  const header = `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Parent=${PARENT};Sampled=1;Lineage=a:1`
  const [ofEvent] = await invoke({ headers: { 'X-Amzn-Trace-Id': header } })
  assert.deepEqual([ofEvent.trace_id, ofEvent.parent_span_id], [TRACE, PARENT])
  process.env._X_AMZN_TRACE_ID = header
  t.after(() => delete process.env._X_AMZN_TRACE_ID)
  for (const event of [{}, { headers: { accept: '*/*' } }, { Records: [{ eventSource: 'aws:sns', Sns: {} }] }]) {
    const [span] = await invoke(event)
    assert.deepEqual([span.trace_id, span.parent_span_id], [TRACE, PARENT], JSON.stringify(event))
  }
})

test('messages of several traces are linked', async () => {
  const [span] = await invoke(sqs([told(TRACEPARENT), {}, told(OTHER)]))
  assert.equal(span.parent_span_id, undefined)
  assert.deepEqual(span.links.map((link) => [link.trace_id, link.span_id]), [[TRACE, PARENT], [OTHER.slice(3, 35), OTHER.slice(36, 52)]])
})

test('the trigger is told where it is known', async () => {
  const events = [
    [V1, 'http'],
    [V2, 'http'],
    [{ httpMethod: 'GET', requestContext: { elb: {} } }, 'http'],
    [sqs([{}]), 'pubsub'],
    [{ Records: [{ EventSource: 'aws:sns' }] }, 'pubsub'],
    [{ Records: [{ eventSource: 'aws:kinesis' }] }, 'pubsub'],
    [{ eventSource: 'aws:kafka', records: {} }, 'pubsub'],
    [{ Records: [{ eventSource: 'aws:s3' }] }, 'datasource'],
    [{ source: 'aws.events', 'detail-type': 'Scheduled Event' }, 'timer'],
    [{ source: 'shop', 'detail-type': 'order' }, undefined],
    [{ httpMethod: 'GET' }, undefined],
    [{ Records: [] }, undefined],
    ['text', undefined],
  ]
  for (const [event, trigger] of events) {
    const [span] = await invoke(event)
    assert.equal(span.attributes['faas.trigger'], trigger, JSON.stringify(event))
  }
})

test('a response by HTTP has its status', async () => {
  for (const event of [V1, V2]) {
    const spans = await spansOf(async () => {
      for (const statusCode of [200, 404, 503]) await vigie.wrapHandler(async () => ({ statusCode }))(event, contextOf())
    })
    const of = (name) => spans.map((span) => span.attributes[name])
    assert.deepEqual([of('http.response.status_code'), spans.map((span) => span.status)], [[200, 404, 503], ['unset', 'unset', 'error']])
    assert.deepEqual([of('http.route')[0], of('http.request.method')[0]], ['/cart/{id}', 'GET'])
  }
})

const result = { all: 'of it' }
const failure = new Error('no stock')
const styles = {
  'a promise': async (event) => {
    if (event === 'fail') throw failure
    return result
  },
  'a promise of another kind': (event) => ({ then: (done, failed) => (event === 'fail' ? failed(failure) : done(result)) }),
  'a callback at once': (event, _context, callback) => callback(...(event === 'fail' ? [failure] : [null, result])),
  'a callback later': (event, _context, callback) => void setTimeout(() => callback(...(event === 'fail' ? [failure] : [null, result])), 5),
}

/** What the runtime makes of a handler's answer. */
const answerOf = (handler, event, context) => new Promise((resolve, reject) => {
  const answer = handler(event, context, (error, value) => (error ? reject(error) : resolve(value)))
  if (typeof answer?.then === 'function') answer.then(resolve, reject)
})

for (const [style, handler] of Object.entries(styles)) {
  test(`results and errors are the handler's own: ${style}`, async () => {
    const wrapped = vigie.wrapHandler(handler, { budgetMs: 1000 })
    assert.deepEqual([wrapped.length, wrapped.name], [handler.length, handler.name])
    const spans = await spansOf(async () => {
      assert.equal(await answerOf(wrapped, 'go', contextOf()), result)
      await assert.rejects(answerOf(wrapped, 'fail', contextOf()), (error) => error === failure)
    })
    assert.deepEqual(spans.map((span) => [span.status, span.status_message]), [['unset', undefined], ['error', 'Error: no stock']])
    assert.equal(spans[1].events[0].attributes['exception.message'], 'no stock')
  })
}

test('a handler that throws at once throws at once', async () => {
  const wrapped = vigie.wrapHandler(() => {
    throw failure
  })
  const [span] = await spansOf(() => assert.throws(() => wrapped({}, contextOf()), (error) => error === failure))
  assert.equal(span.status, 'error')
})

test('a handler keeps its object, its arguments, and what it returns at once', async () => {
  const shop = { handle: vigie.wrapHandler(function (...args) { return [this, ...args] }) }
  const args = [{}, contextOf(), 'third', 'fourth']
  await lines(() => assert.deepEqual(shop.handle(...args), [shop, ...args]))
})

test('a handler that answers to a stream is one, whichever of the two was marked', async () => {
  const stream = { written: '' }
  const handler = async (event, to, context) => {
    to.written += `${event.n} ${context.functionName} `
  }
  const marked = Object.assign(async (...args) => handler(...args), { [STREAMING]: 'response' })
  const before = vigie.wrapHandler(marked)
  const after = Object.assign(vigie.wrapHandler(handler), { [STREAMING]: 'response' })
  assert.equal(before[STREAMING], 'response')
  const spans = await spansOf(async () => {
    await before({ n: 1 }, stream, contextOf())
    await after({ n: 2 }, stream, contextOf())
  })
  assert.equal(stream.written, '1 shop 2 shop ')
  assert.deepEqual(spans.map((span) => span.attributes['faas.name']), ['shop', 'shop'])
})

test('what is no handler is told where it is wrapped', () => {
  assert.throws(() => vigie.wrapHandler(5), { name: 'TypeError', message: /vigie\.wrapHandler\(handler\) needs a function/ })
  for (const budgetMs of ['1', Number.NaN, null, {}]) {
    assert.throws(() => vigie.wrapHandler(() => 1, { budgetMs }), { name: 'TypeError', message: /^budgetMs: .*; accepted: a number of milliseconds$/ })
  }
})

const hostile = new Proxy({}, {
  get: (_, name) => { throw new Error(String(name)) },
  ownKeys: () => { throw new Error('keys') },
})

test('no event and no context is too odd', async () => {
  const explode = () => { throw new Error('no time') }
  const events = [null, undefined, 5, [], hostile, { headers: hostile }, { headers: [1] }, { headers: { traceparent: [null, 5, {}] } }, { requestContext: hostile },
    { Records: [null] }, { Records: [{ eventSource: 'aws:sqs', messageAttributes: hostile }, null, 5] }, { Records: [{ eventSource: ['aws:sqs'] }] }]
  for (const event of events) {
    const [span] = await invoke(event)
    assert.equal(span.attributes['faas.name'], 'shop')
  }
  const times = [undefined, explode, () => '5', () => Number.NaN, () => -5, () => 0, () => Infinity, () => 5n]
  for (const context of [null, undefined, 5, hostile, ...times.map((getRemainingTimeInMillis) => ({ awsRequestId: 5, functionName: [], invokedFunctionArn: 'arn', getRemainingTimeInMillis }))]) {
    const [span] = await invoke({}, context)
    assert.equal(span.span_kind, 'server')
  }
})

test('only the first invocation of a process is cold, and a handler that promises nothing ends with the work', async (t) => {
  const path = join(scratch(t), 'out.jsonl')
  const program = `import * as vigie from ${JSON.stringify(esm)}
    vigie.init({ service: 'x', outputs: [{ to: 'file', path: ${JSON.stringify(path)} }] })
    const one = vigie.wrapHandler(async () => 1)
    const two = vigie.wrapHandler(() => { setTimeout(() => vigie.getLogger('x').info('worked'), 20) })
    await one({}, undefined)
    two({}, undefined)
    process.on('beforeExit', () => process.kill(process.pid, 'SIGKILL'))`
  const cold = async (env) => {
    const { signal, stderr } = await run(['--input-type=module', '-e', program], { env })
    assert.deepEqual([signal, stderr], ['SIGKILL', ''])
    return linesOf(path).splice(0)
  }
  const shapes = (found) => found.map((line) => line.message ?? [line.name, line.attributes['faas.coldstart']])
  assert.deepEqual(shapes(await cold({})), [['handler', true], 'worked', ['handler', false]])
  const second = (await cold({ AWS_LAMBDA_INITIALIZATION_TYPE: 'provisioned-concurrency', AWS_LAMBDA_FUNCTION_NAME: 'named' })).slice(3)
  assert.deepEqual(shapes(second), [['named', false], 'worked', ['named', false]])
})

test('an invocation whose time is nearly over is written as it is', async () => {
  const handler = vigie.wrapHandler(async (event) => {
    await sleep(900)
    vigie.getLogger('shop').info('late')
    if (event === 'fail') throw failure
    return 'done'
  })
  const found = await lines(async () => {
    assert.equal(await handler('go', contextOf(1000)), 'done')
    await assert.rejects(handler('fail', contextOf(1000)), (error) => error === failure)
  })
  const [warning, span, late, ended, , , , failed] = found
  assert.deepEqual([warning.level, warning.event], ['WARN', 'faas.timeout_imminent'])
  assert.ok(warning.remaining_ms >= 100 && warning.remaining_ms <= 200, warning.message)
  assert.deepEqual([span.status, span.status_message, span.attributes['vigie.interrupted']], ['error', 'the invocation was about to time out', true])
  assert.deepEqual([late.message, ended.level, ended.event], ['late', 'INFO', 'faas.invocation_ended'])
  assert.deepEqual([failed.level, failed.event, failed.error.message], ['ERROR', 'faas.invocation_ended', 'no stock'])
  for (const log of [warning, late, ended]) assert.equal(log.span_id, span.span_id)
})
