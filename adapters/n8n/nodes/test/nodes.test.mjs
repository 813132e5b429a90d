// What each node does with its items, and what it tells.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, memory, run } from './helper.mjs'

const pair = (name, value) => ({ pair: [{ name, value }] })

test('log: a record an item, and the items go on', async () => {
  const items = [{ json: { id: 1 } }, { json: { id: 2 }, binary: {} }]
  const parameters = (index) => ({ level: 'warn', message: `order ${index}`, event: 'order.lost', attributes: pair('id', index) })
  const { outputs, records, written } = await run('VigieLog', parameters, { items })
  assert.deepEqual(outputs, [[{ ...items[0], pairedItem: { item: 0 } }, { ...items[1], pairedItem: { item: 1 } }]])
  assert.deepEqual(written.map(({ message }) => message), ['order 0', 'order 1'])
  assert.deepEqual(records[1], {
    v: 1,
    source: { execution_id: '7', workflow_id: 'w', node: 'VigieLog' },
    attributes: { id: 1 },
    kind: 'log',
    level: 'warn',
    event: 'order.lost',
  })
})

test('metric: a measurement an item; what is none fails, or is the item of an error', async () => {
  const parameters = (index) => ({ instrument: 'counter', name: 'orders', value: [2, -1, 'x'][index], unit: '{order}', labels: pair('shop', 'a') })
  const { records } = await run('VigieMetric', parameters)
  assert.deepEqual([records[0].kind, records[0].value, records[0].unit, records[0].attributes], ['metric', 2, '{order}', { shop: 'a' }])
  const items = [{ json: {} }, { json: {} }, { json: {} }]
  await assert.rejects(run('VigieMetric', parameters, { items }), { name: 'NodeOperationError', message: /cannot count down/ })
  const { outputs } = await run('VigieMetric', parameters, { items, continueOnFail: true })
  assert.deepEqual(json(outputs[0]), [{}, { error: 'The counter orders cannot count down by -1' }, { error: 'The value of orders is no number' }])
  assert.deepEqual(outputs[0].map(({ pairedItem }) => pairedItem.item), [0, 1, 2])
})

test('span: begins here, ends there, one inside of the other', async () => {
  const kept = memory()
  const span = async (parameters) => (await run('VigieSpan', parameters, { kept })).records[0]
  const outer = await span({ operation: 'start', name: 'outer', attributes: pair('a', '1') })
  const inner = await span({ operation: 'start', name: 'inner', parent: 'outer' })
  assert.deepEqual([outer.kind, outer.parent, outer.attributes, inner.parent], ['span.start', 'execution', { a: '1' }, { span: outer.span }])
  const again = await span({ operation: 'start', name: 'inner' })
  assert.deepEqual((await span({ operation: 'end', name: 'inner' })).span, again.span)
  const end = await span({ operation: 'end', name: 'inner', status: 'error' })
  assert.deepEqual([end.kind, end.span, end.status], ['span.end', inner.span, 'error'])
  assert.equal((await span({ operation: 'end', name: 'outer' })).status, 'ok')
  assert.deepEqual(kept.flow, { vigie_spans: [] })
  const { written, outputs } = await run('VigieSpan', { operation: 'end', name: 'outer' }, { kept })
  assert.deepEqual([written[0].level, written[0].message, outputs[0].length], ['warn', 'span outer is ended and was not begun', 1])
})

test('span: a loop that never ends its spans does not fill the execution', async () => {
  const kept = memory()
  for (let turn = 0; turn < 120; turn++) await run('VigieSpan', { operation: 'start', name: 's' }, { kept })
  assert.equal(kept.flow.vigie_spans.length, 100)
})

/** An answer of an HTTP request, as n8n's helper gives it. */
const answering = (body, headers = {}) => ({ httpRequest: async () => ({ body, headers, statusCode: 200 }) })

test('collect: an item a sample, the wanted ones', async () => {
  const helpers = answering('# TYPE n8n_up gauge\nn8n_up{a="b"} 1\nn8n_down NaN\nother 2\n')
  const { outputs } = await run('VigieCollect', { metrics: 'n8n_*' }, { helpers })
  assert.deepEqual(json(outputs[0]), [
    { metric: 'n8n_up', family: 'n8n_up', type: 'gauge', help: '', unit: '', labels: { a: 'b' }, value: 1 },
    { metric: 'n8n_down', family: 'n8n_down', type: 'untyped', help: '', unit: '', labels: {}, value: 'NaN' },
  ])
  assert.deepEqual(outputs[0][1].pairedItem, { item: 0 })
  assert.equal((await run('VigieCollect', { limit: 1 }, { helpers })).outputs[0].length, 1)
})

test('collect: bad lines are a hint, a page without metrics is an error', async () => {
  const { outputs, hints } = await run('VigieCollect', {}, { helpers: answering('a 1\nb two\n') })
  assert.equal(outputs[0].length, 1)
  assert.match(hints[0].message, /1 lines could not be read. line 2: two is no number/)
  const page = { helpers: answering('<html>log in</html>') }
  await assert.rejects(run('VigieCollect', {}, page), { name: 'NodeOperationError', message: /has no metrics: line 1/ })
  assert.match((await run('VigieCollect', {}, { ...page, continueOnFail: true })).outputs[0][0].json.error, /has no metrics/)
  assert.deepEqual((await run('VigieCollect', {}, { helpers: answering('') })).outputs, [[]])
})

test('collect: a header goes with the request where it is asked for', async () => {
  const calls = []
  const httpRequestWithAuthentication = async (...call) => calls.push(call) && { body: 'a 1', headers: {} }
  await run('VigieCollect', { authentication: 'header', url: ' http://q/metrics ' }, { helpers: { httpRequestWithAuthentication } })
  assert.equal(calls[0][0], 'vigieMetricsEndpointApi')
  assert.deepEqual([calls[0][1].url, calls[0][1].timeout], ['http://q/metrics', 10_000])
})

/** The alert's node over values, one execution each; what was told on which output. */
async function alerts(values, parameters, kept = memory()) {
  const told = []
  for (const value of values) {
    const { outputs } = await run('VigieAlert', { name: 'errors', condition: 'threshold', threshold: 10, value, ...parameters }, { kept })
    told.push(['firing', 'resolved', 'unchanged'][outputs.findIndex((items) => items.length > 0)])
    await later()
  }
  return { told, kept }
}

/** n8n's clock is the machine's: the next value must be a later one. */
function later() {
  return new Promise((resolve) => setTimeout(resolve, 2))
}

test('alert: firing, unchanged, resolved', async () => {
  const { told, kept } = await alerts([1, 11, 12, 3], {})
  assert.deepEqual(told, ['unchanged', 'firing', 'unchanged', 'resolved'])
  assert.deepEqual(Object.keys(kept.statics.vigie_alerts), ['errors'])
  assert.deepEqual(JSON.parse(JSON.stringify(kept.statics)), kept.statics)
})

test('alert: silenced by the other node, and told when the silence ends', async () => {
  const kept = memory()
  const say = (operation) => run('VigieAcknowledge', { operation, name: 'errors', by: 'ann', note: 'deploy' }, { kept })
  await say('silence')
  const { outputs } = await run('VigieAlert', { name: 'errors', value: 11, threshold: 10 }, { kept })
  const { alert } = outputs[2][0].json
  assert.deepEqual([alert.output, alert.state, alert.reason], ['unchanged', 'firing', 'silenced'])
  assert.ok(Date.parse(alert.silenced_until) > Date.now() + 3_500_000)
  assert.equal((await say('unsilence')).outputs[0][0].json.alert.done, true)
  await later()
  assert.deepEqual((await alerts([11], {}, kept)).told, ['firing'])
  const acknowledged = await say('acknowledge')
  assert.equal(acknowledged.records[0].event, 'alert.acknowledge')
  assert.equal(kept.statics.vigie_alerts.errors.acknowledged.by, 'ann')
  const { written, outputs: unknown } = await run('VigieAcknowledge', { operation: 'acknowledge', name: 'never' }, { kept })
  assert.deepEqual([written[0].level, unknown[0][0].json.alert.done], ['warn', false])
})

test('alert: each key has a life of its own, and its items are paired', async () => {
  const items = [{ json: { c: 'a' } }, { json: { c: 'b' } }]
  const parameters = (index) => ({ name: 'n', value: [11, 1][index], threshold: 10, dedupeKey: items[index].json.c })
  const { outputs, records } = await run('VigieAlert', parameters, { items })
  assert.deepEqual([outputs[0][0].json.alert.key, outputs[2][0].json.alert.key, outputs[2][0].pairedItem], ['n:a', 'n:b', { item: 1 }])
  assert.deepEqual(records.map(({ event, level }) => [event, level]), [['alert.firing', 'warn'], ['alert.unchanged', 'debug']])
})

test('alert: no value is no change, a limit that is none is an error', async () => {
  for (const value of [null, '', 'x']) assert.deepEqual((await alerts([value], {})).told, ['unchanged'])
  await assert.rejects(run('VigieAlert', { value: 1, threshold: 'x' }), /The parameter threshold is no number/)
  await assert.rejects(run('VigieAlert', { value: 1, condition: 'anomaly', weight: 0 }), /weight/)
})

test('alert: maintenance, once and every week', async () => {
  const always = { weekly: [{ days: [], from: '00:00', to: '23:59' }, { days: [], from: '23:59', to: '00:00' }] }
  assert.deepEqual((await alerts([11], { maintenance: always })).told, ['unchanged'])
  const past = { once: [{ start: '2020-01-01T00:00:00', end: '2020-01-02T00:00:00' }] }
  assert.deepEqual((await alerts([11], { maintenance: past })).told, ['firing'])
})

const usage = (more) => JSON.stringify({ v: 1, input_tokens: 100, output_tokens: 20, calls: 2, cost_usd: 0.5, unpriced_calls: 0, ...more })

async function used(custom, parameters, more) {
  const { outputs, metadata } = await run('VigieUsage', { whenOver: 'output', ...parameters }, { kept: { ...memory(), custom: { vigie_usage: custom } }, ...more })
  return { ...outputs.flat()[0].json.usage, isOver: outputs[1].length === 1, metadata }
}

test('usage: what the hook counts, against a budget', async () => {
  const within = await used(usage(), { maxTokens: 120, maxCost: 0.5 })
  assert.deepEqual([within.source, within.total_tokens, within.cost_usd, within.isOver], ['vigie', 120, 0.5, false])
  assert.deepEqual(within.metadata, [{ tracing: { input_tokens: 100, output_tokens: 20, cost_usd: 0.5 } }])
  assert.equal((await used(usage(), { maxTokens: 119 })).over_budget, '120 tokens of 119')
  assert.equal((await used(usage(), { maxCost: 0.4 })).over_budget, '0.5 of 0.4 US dollars')
  const stopped = run('VigieUsage', { maxTokens: 1 }, { kept: { ...memory(), custom: { vigie_usage: usage() } } })
  await assert.rejects(stopped, { name: 'NodeOperationError', message: 'Over budget: 120 tokens of 1' })
})

test('usage: a cost that is not known is within no budget', async () => {
  assert.equal((await used(usage({ cost_usd: null, unpriced_calls: 2 }), { maxCost: 1000 })).over_budget, 'the cost of 2 of 2 calls is not known')
  assert.equal((await used(usage({ calls: 0, cost_usd: null }), { maxCost: 1 })).isOver, false)
})

test('usage: without the hook, what n8n keeps of the run', async () => {
  const model = { data: { ai_languageModel: [[{ json: { tokenUsage: { promptTokens: 7, completionTokens: 2 } } }]] } }
  const vendor = { metadata: { tokenUsage: { inputTokens: 3, outputTokens: 1 } } }
  const estimated = { data: { ai_languageModel: [[{ json: { tokenUsageEstimate: { promptTokens: 9, completionTokens: 9 } } }]] } }
  const runData = { Model: [model, model, estimated], Vendor: [vendor], Plain: [{ data: { main: [[]] } }] }
  const found = await used(undefined, {}, { runExecutionData: { resultData: { runData } } })
  assert.deepEqual([found.source, found.input_tokens, found.output_tokens, found.calls, found.cost_usd], ['n8n', 17, 5, 3, null])
  for (const custom of ['{', '{"v":2}', undefined]) await assert.rejects(used(custom, {}), /The use of models is not known/)
})
