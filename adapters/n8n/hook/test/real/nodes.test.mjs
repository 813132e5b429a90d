// Each node of n8n-nodes-vigie in a workflow: what it tells reaches the hook whole, and stands in the execution's trace.

import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { farSide } from './far_side.mjs'
import { credentials, flows } from './flows.mjs'
import { N8n, prepared, removed, skip, until } from './n8n.mjs'
import { byName, shape } from './shape.mjs'
import { startService } from './watched_service.mjs'
import { node, set, webhook, workflow } from './workflows.mjs'

/** A node of the package. */
const own = (name, type, parameters, more = {}) => ({ ...node('noOp', name, parameters, more), type: `n8n-nodes-vigie.${type}`, typeVersion: 1 })
const pairs = (given) => ({ pair: Object.entries(given).map(([name, value]) => ({ name, value })) })

/** The agent of the scenarios, with a budget behind it. */
function agent(far, id, budget) {
  const { nodes, connections } = flows(far, far).find((flow) => flow.id === 'ai')
  const [hook, ...rest] = structuredClone(nodes)
  const flow = workflow(id, [{ ...hook, parameters: { ...hook.parameters, path: id }, webhookId: `hook-${id}` }, ...rest, own('Usage', 'vigieUsage', budget)], [])
  return { ...flow, connections: { ...connections, Agent: { main: [[{ node: 'Usage', type: 'main', index: 0 }]] } } }
}

function ownFlows(far, service) {
  return [
    workflow('nodes', [
      webhook('nodes'),
      own('Begin', 'vigieSpan', { operation: 'start', name: 'reserve', attributes: pairs({ shop: 'berlin' }) }),
      own('Begin inner', 'vigieSpan', { operation: 'start', name: 'inner', parent: 'reserve' }),
      own('Tell', 'vigieLog', { level: 'warn', message: 'no {stock}', event: 'order.lost', attributes: pairs({ sku: 'a-1' }) }),
      own('Count', 'vigieMetric', { instrument: 'counter', name: 'orders', value: 2, unit: '{order}', labels: pairs({ shop: 'berlin' }) }),
      own('Measure', 'vigieMetric', { instrument: 'histogram', name: 'order.size', value: 3 }),
      own('End inner', 'vigieSpan', { operation: 'end', name: 'inner' }),
      own('End', 'vigieSpan', { operation: 'end', name: 'reserve', status: 'error', attributes: pairs({ lost: 'yes' }) }),
      own('Left open', 'vigieSpan', { operation: 'start', name: 'left open' }),
      set('Last'),
    ], ['Webhook > Begin', 'Begin > Begin inner', 'Begin inner > Tell', 'Tell > Count', 'Count > Measure', 'Measure > End inner', 'End inner > End', 'End > Left open', 'Left open > Last']),
    workflow('waits', [
      webhook('waits', 'onReceived'),
      own('Begin', 'vigieSpan', { operation: 'start', name: 'over a wait' }),
      node('http', 'Tell', { url: `=${far}/resume?url={{ encodeURIComponent($execution.resumeUrl) }}`, options: {} }),
      node('wait', 'Wait', { resume: 'webhook', options: {} }),
      own('End', 'vigieSpan', { operation: 'end', name: 'over a wait' }),
    ], ['Webhook > Begin', 'Begin > Tell', 'Tell > Wait', 'Wait > End']),
    workflow('collect', [webhook('collect'), own('Collect', 'vigieCollect', { url: `${service}/metrics` }), own('Log each', 'vigieLog', { message: '={{ $json.metric }}' })], ['Webhook > Collect', 'Collect > Log each']),
    agent(far, 'within', { maxCost: 1 }),
    agent(far, 'over', { maxCost: 0.00001 }),
  ]
}

suite('the nodes of n8n-nodes-vigie', { skip }, () => {
  let far
  let service
  let folder
  let n8n
  before(async () => {
    far = await farSide()
    service = await startService()
    folder = await prepared(ownFlows(far.url, service.url), credentials(far.url), { withNodes: true })
    // Of what the nodes tell, n8n itself writes next to nothing so.
    n8n = await N8n.started(folder, { env: { N8N_LOG_LEVEL: 'error' } })
  })
  after(async () => {
    await n8n?.stop()
    far?.close()
    service?.stop()
    if (folder) removed(folder)
  })

  async function ran(name) {
    const answer = await n8n.webhook(name)
    const [line] = await n8n.executions(name)
    return { answer, line, spans: n8n.trace(line.trace_id) }
  }

  test('Span: over several nodes, within one another, and ended with the execution', async () => {
    const { spans } = await ran('nodes')
    const nodes = ['Webhook', 'Begin', 'Begin inner', 'Tell', 'Count', 'Measure', 'End inner', 'End', 'Left open', 'Last'].map((name) => `  node ${name}`)
    assert.deepEqual(shape(spans).sort(), ['workflow flow nodes', '  reserve (error)', '    inner', '  left open', ...nodes].sort())
    const [reserve, inner, open, root] = ['reserve', 'inner', 'left open', 'workflow flow nodes'].map((name) => byName(spans, name))
    assert.deepEqual([reserve.attributes.shop, reserve.attributes.lost, inner.status, open.status], ['berlin', 'yes', 'ok', 'unset'])
    // A date has whole milliseconds, a line has the microseconds behind them.
    const from = ({ timestamp }) => Date.parse(timestamp) + Number(timestamp.slice(23, 26)) / 1000
    const to = (span) => from(span) + span.duration_ns / 1e6
    assert.ok(from(reserve) <= from(inner) && to(inner) <= to(reserve) && to(reserve) <= from(open) && to(open) <= to(root) + 1)
  })

  test('Log: a line with its level, its event and its attributes, below its node', () => {
    const line = n8n.lines().find(({ event }) => event === 'order.lost')
    assert.deepEqual([line.level, line.message, line.sku], ['WARN', 'no {stock}', 'a-1'])
    assert.equal(line.span_id, byName(n8n.spans(), 'node Tell').span_id)
    assert.ok(n8n.lines().every(({ vigie }) => vigie === undefined))
  })

  test('Span: through a wait', async () => {
    await n8n.webhook('waits')
    const [first] = await n8n.executions('waits')
    const { query } = await until('the address to resume at', () => far.seen.find(({ path }) => path === '/resume'))
    await until('the execution to wait', async () => (await fetch(query.url)).status === 200)
    await n8n.executions('waits', 2)
    assert.deepEqual(shape(n8n.trace(first.trace_id)).filter((line) => !line.includes('node')), [
      ...['workflow flow waits', '  over a wait', '  workflow flow waits', '    over a wait'],
    ])
  })

  test('Collect: an item each sample', async () => {
    service.state.metrics = '# TYPE up gauge\nup{job="a"} 1\nup{job="b"} 0\n'
    const { spans } = await ran('collect')
    assert.equal(byName(spans, 'node Collect').attributes['n8n.node.items.output'], 2)
    const logged = n8n.lines().filter(({ span_id, logger }) => logger === 'n8n.nodes' && span_id === byName(spans, 'node Log each').span_id)
    assert.deepEqual(logged.map(({ message }) => message), ['up', 'up'])
  })

  test('Usage: what the hook counts, and a stop at a budget', async () => {
    const { answer, line } = await ran('within')
    assert.equal(answer.status, 200)
    const usage = JSON.parse(answer.body).usage ?? JSON.parse(answer.body)[0]?.usage
    assert.deepEqual([usage.source, usage.input_tokens, usage.output_tokens, usage.calls], ['vigie', 200, 20, 2])
    assert.equal(usage.cost_usd, line['gen_ai.usage.cost'])
    const over = await ran('over')
    assert.equal(over.line.outcome, 'failure')
    assert.equal(byName(over.spans, 'node Usage').status, 'error')
  })

  test('Metric: into the instruments of their names', async () => {
    await n8n.stop()
    const metric = (name) => n8n.lines().filter((line) => line.kind === 'metric' && line.name === name).at(-1)
    assert.deepEqual([metric('orders').value, metric('orders').unit, metric('orders').attributes.shop], [2, '{order}', 'berlin'])
    assert.deepEqual([metric('order.size').count, metric('order.size').sum], [1, 3])
    assert.equal(metric('vigie.n8n.failed').value, 0)
  })
})
