// What nodes tell by the helper for authors of nodes, whole: from the helper through n8n's logger into the hook.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import * as vigie from 'vigie'
import { memoryLines } from 'vigie/testing'
import { likeness, MODULES } from './likeness.mjs'

const require = createRequire(import.meta.url)
const { Telemetry } = require('../../telemetry/dist/index.js')

// As n8n's: its methods below the level are made to do nothing.
const LOGGER = `exports.Logger = class {
  constructor() {
    this.transports = []
    Object.defineProperty(this, 'debug', { value: () => {} })
  }
  getInternalLogger() { return { add: (one) => this.transports.push(one) } }
}
for (const level of ['debug', 'info', 'warn', 'error']) exports.Logger.prototype[level] = function (message, meta) { this.transports.forEach((one) => one.log({ level, message, ...meta }, () => {})) }`
const CORE = `${MODULES['n8n-core']}
const { Container } = require('@n8n/di')
class NodeExecutionContext { get logger() { return Container.get(require('@n8n/backend-common').Logger) } }
exports.ExecuteContext = class extends NodeExecutionContext {}`
const WORKFLOW = { id: 'w1', name: 'Orders', nodes: [{ id: 'n1', name: 'Order', type: 'own.order' }, { id: 'n2', name: 'Late', type: 'own.late' }] }
const LIFE = { workflow: WORKFLOW, mode: 'trigger', executionId: '17' }

let n8n
before(() => {
  process.env.VIGIE_OUTPUTS = '[{"to":"memory"}]'
  process.env.VIGIE_LEVEL = 'debug'
  const { main, load } = likeness({ ...MODULES, 'n8n-core': CORE, '@n8n/backend-common': LOGGER })
  require('../dist/start.js').start(main)
  const { Container } = load('@n8n/di')
  const { handlers } = Container.get(load('@n8n/decorators').LifecycleMetadata)
  const engine = new (load('n8n-core').WorkflowExecute)()
  n8n = {
    tell: (event, more = {}) => handlers.filter(({ eventName }) => eventName === event).forEach(({ handlerClass, methodName }) => Container.get(handlerClass)[methodName]({ ...LIFE, ...more })),
    run: (nodeName, code) => engine.runNode({}, { node: { name: nodeName }, get outcome() { return code() } }, {}, 0, { executionId: '17' }),
    log: (level, message, meta = {}) => new (load('n8n-core').ExecuteContext)().logger[level](message, meta),
  }
})
after(() => vigie.shutdown())

/** What the helper sees of n8n in a node. */
const host = (name) => ({
  logger: Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [level, (message, meta) => n8n.log(level, message, meta)])),
  getExecutionId: () => '17',
  getWorkflow: () => ({ id: 'w1' }),
  getNode: () => ({ name }),
  setMetadata: () => {},
})

/** One execution in which each node runs its code; the lines that it left, and n8n's data of it. */
async function execution(codes) {
  const executionData = { resultData: { runData: {} } }
  n8n.tell('workflowExecuteBefore', { workflowInstance: {}, executionData })
  let executionIndex = 0
  for (const [nodeName, { code, task = {} }] of Object.entries(codes)) {
    const taskData = { startTime: Date.now(), executionIndex: executionIndex++, source: [], ...task }
    n8n.tell('nodeExecuteBefore', { nodeName, taskData })
    await n8n.run(nodeName, code ?? (() => []))
    n8n.tell('nodeExecuteAfter', { nodeName, taskData: { ...taskData, executionTime: Date.now() - taskData.startTime, executionStatus: 'success' }, executionData })
  }
  n8n.tell('workflowExecuteAfter', { runData: { status: 'success', data: executionData } })
  await vigie.flush()
  return { lines: memoryLines().map((line) => JSON.parse(line)), executionData }
}

test('logs, spans and measurements of a node stand in the trace of its execution', async () => {
  const telemetry = new Telemetry(host('Order'))
  const { lines } = await execution({
    Order: {
      code: async () => {
        await telemetry.span('reserve', async (inner) => {
          inner.log('warn', 'no {stock}', { sku: 'a' }, { event: 'order.lost', error: new RangeError('none left') })
          await inner.span('inside', () => {})
        }, { shop: 'berlin' })
        telemetry.start('left open', 'node')
        const over = telemetry.start('over nodes', 'execution')
        telemetry.start('below that', { span: over.id })
        telemetry.metric('counter', 'orders', 2, { unit: '{order}', labels: { shop: 'berlin' } })
        telemetry.metric('histogram', 'order.size', 3)
        return []
      },
    },
    Late: { code: async () => { await new Promise((resolve) => setTimeout(resolve, 20)); return [] } },
  })
  const span = (name) => lines.find((line) => line.kind === 'span' && line.name === name)
  const above = (name) => lines.find(({ kind, span_id }) => kind === 'span' && span_id === span(name).parent_span_id).name
  assert.deepEqual(['reserve', 'inside', 'left open', 'over nodes', 'below that'].map(above), ['node Order', 'reserve', 'node Order', 'workflow Orders', 'over nodes'])
  assert.equal(new Set(lines.filter(({ kind }) => kind === 'span').map(({ trace_id }) => trace_id)).size, 1)
  assert.deepEqual([span('reserve').status, span('left open').status], ['ok', 'unset'])
  assert.equal(span('reserve').attributes.shop, 'berlin')
  assert.equal(span('inside').attributes['n8n.execution.id'], '17')
  // n8n's times are milliseconds; the second node takes twenty of them.
  const end = ({ timestamp, duration_ns }) => Date.parse(timestamp) * 1e6 + duration_ns
  assert.ok(end(span('left open')) <= end(span('node Order')) + 5e6 && ['over nodes', 'below that'].every((name) => end(span(name)) >= end(span('node Late')) - 5e6), 'each ends with what it stands below')
  const log = lines.find(({ event }) => event === 'order.lost')
  assert.deepEqual([log.level, log.message, log.sku, log.error.type, log.error.message], ['WARN', 'no {stock}', 'a', 'RangeError', 'none left'])
  assert.equal(log.span_id, span('node Order').span_id)
  assert.ok(lines.every((line) => line.vigie === undefined), 'no record is left as it came')
  const metrics = vigie.metricsText()
  assert.match(metrics, /^orders_total\{shop="berlin"\} 2$/m)
  assert.match(metrics, /^order_size_sum 3$/m)
})

test('what n8n writes nothing of is heard all the same, and nothing else', async () => {
  const telemetry = new Telemetry(host('Order'))
  const { lines } = await execution({ Order: { code: async () => { telemetry.log('debug', 'unseen', {}, { event: 'order.unseen' }); n8n.log('debug', 'own'); return [] } } })
  assert.equal(lines.filter(({ event, level }) => event === 'order.unseen' && level === 'DEBUG').length, 1)
  assert.ok(lines.every(({ message }) => message !== 'own'))
})

test('what failed in a span of a node is on the span', async () => {
  const telemetry = new Telemetry(host('Order'))
  const { lines } = await execution({ Order: { code: async () => { await telemetry.span('pay', () => { throw new TypeError('declined') }).catch(() => {}); return [] } } })
  const pay = lines.findLast(({ name }) => name === 'pay')
  assert.deepEqual([pay.status, pay.attributes['error.type'], pay.events[0].name], ['error', 'TypeError', 'exception'])
})

test('records of another shape are ordinary lines, and an end without its start is nothing', async () => {
  const odd = [{ v: 2, kind: 'log' }, { v: 1, kind: 'other' }, { v: 1, kind: 'metric', name: 'm', instrument: 'meter', value: 1 }, { v: 1, kind: 'metric', instrument: 'gauge' }, 'text', null]
  const { lines } = await execution({
    Order: {
      code: async () => {
        odd.forEach((vigie, number) => n8n.log('info', `odd ${number}`, { vigie }))
        n8n.log('info', 'no start', { vigie: { v: 1, kind: 'span.end', span: 'x', name: 'x', status: 'ok', source: { execution_id: '17' } } })
        n8n.log('info', 'nowhere', { vigie: { v: 1, kind: 'span.start', span: 'y', name: 'nowhere', parent: 'node', source: {} } })
        return []
      },
    },
  })
  assert.deepEqual(odd.map((_, number) => lines.filter(({ message }) => message === `odd ${number}`).length), odd.map(() => 1))
  assert.ok(lines.every(({ name, message }) => name !== 'nowhere' && message !== 'no start'))
})

test('nodes can read what the execution has used so far', async () => {
  const model = (options) => ({
    data: { ai_languageModel: [[{ json: { tokenUsage: { promptTokens: 1000, completionTokens: 100 } } }]] },
    inputOverride: { ai_languageModel: [[{ json: { options } }]] },
  })
  const { executionData } = await execution({ Order: { task: model({ model: 'gpt-4o' }) }, Late: { task: model({ model: 'nobody-knows' }) } })
  const usage = JSON.parse(executionData.resultData.metadata.vigie_usage)
  assert.deepEqual({ ...usage, cost_usd: usage.cost_usd > 0 }, { v: 1, input_tokens: 2000, output_tokens: 200, calls: 2, cost_usd: true, unpriced_calls: 1 })
  assert.ok(executionData.resultData.metadata.vigie_usage.length <= 255, 'longer values are refused by n8n')
})

test('nothing of the hook failed', () => {
  assert.match(vigie.metricsText(), /^vigie_n8n_failed 0$/m)
})
