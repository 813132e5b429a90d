// Our spans against what n8n has stored of the same executions, node by node, in workflows out of chance.

import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { collector } from './collector.mjs'
import { farSide } from './far_side.mjs'
import { N8n, copied, prepared, removed, skip, stored, until } from './n8n.mjs'
import { randomFlow } from './random_flow.mjs'

/** Workflows out of chance. */
const COUNT = 200

suite('n8n\'s own data', { skip }, () => {
  let far
  let made
  let folder
  before(async () => {
    far = await farSide()
    made = Array.from({ length: COUNT }, (_, seed) => randomFlow(seed + 1, far.url))
    folder = await prepared(made.map(({ flow }) => flow))
  })
  after(() => {
    far?.close()
    if (folder) removed(folder)
  })

  /** Runs all of them on an n8n, one after the other; what it has stored of them. */
  async function ran(n8n) {
    far.forget()
    for (const { flow } of made) await n8n.webhook(flow.id)
    return until('the stored executions', () => {
      const all = stored(n8n.folder)
      return all.length >= COUNT && all.every(({ status }) => status === 'success' || status === 'error') && all
    }, 60 + COUNT)
  }

  const of = ({ workflowId }) => made.find(({ flow }) => flow.id === workflowId)

  test(`agrees with the spans of ${COUNT} workflows`, async (t) => {
    const n8n = await N8n.started(copied(folder))
    try {
      const executions = await ran(n8n)
      await n8n.stop()
      const spans = Map.groupBy(n8n.spans(), ({ attributes }) => attributes['n8n.execution.id'])
      const counts = { runs: 0, failed: 0, attempts: 0 }
      const differences = executions.flatMap((execution) => compared(execution, of(execution), spans.get(execution.id) ?? [], far, counts))
      t.diagnostic(`${executions.length} executions, ${counts.runs} runs of nodes, ${counts.failed} failed, ${counts.attempts} attempts: ${differences.length} differences`)
      assert.deepEqual(differences, [])
      assert.ok(counts.failed > COUNT / 2 && counts.attempts > counts.runs)
    } finally {
      await n8n.stop()
      removed(n8n.folder)
    }
  })

  test('n8n\'s own OpenTelemetry beside it', async (t) => {
    const sink = await collector()
    const env = { N8N_OTEL_ENABLED: 'true', N8N_OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, N8N_OTEL_TRACES_PRODUCTION_ONLY: 'false' }
    const n8n = await N8n.started(copied(folder), { hook: false, env })
    try {
      const executions = await ran(n8n)
      await n8n.stop()
      const counts = { runs: 0, spans: 0, failed: 0, told: 0, attempts: 0 }
      for (const execution of executions) count(execution, of(execution), sink.spans(), counts)
      t.diagnostic(`of ${counts.runs} runs it has ${counts.spans}, of ${counts.failed} failures it tells ${counts.told}, of ${counts.attempts} attempts it has ${counts.spans}`)
      assert.equal(counts.spans, counts.runs, 'it sees each run, so that what it does not tell is no fault of this test')
    } finally {
      await n8n.stop()
      sink.close()
      removed(n8n.folder)
    }
  })
})

/** What n8n's own spans have of an execution. */
function count({ id, data }, { expected }, spans, counts) {
  const root = spans.find(({ attributes }) => attributes['n8n.execution.id'] === id)
  for (const [name, all] of Object.entries(data.resultData.runData)) {
    const truth = expected[name] ?? { isFailed: false, attempts: 1 }
    const theirs = spans.filter(({ traceId, attributes }) => traceId === root?.traceId && attributes['n8n.node.name'] === name)
    counts.runs += all.length
    counts.spans += theirs.length
    counts.attempts += truth.attempts * all.length
    if (!truth.isFailed) continue
    counts.failed += all.length
    counts.told += theirs.filter(({ status }) => status === 'error').length
  }
}

/** What differs between an execution and its spans, in words. */
function compared({ id, status, data }, { flow, expected }, spans, far, counts) {
  const found = []
  const differ = (what, theirs, ours) => JSON.stringify(theirs) === JSON.stringify(ours) || found.push(`${flow.id}: ${what}: ${JSON.stringify(theirs)} but ${JSON.stringify(ours)}`)
  const roots = spans.filter(({ name }) => name.startsWith('workflow '))
  differ('status', [status], roots.map((root) => root.attributes['n8n.execution.status']))
  const nodes = spans.filter(({ name }) => name.startsWith('node '))
  const runs = Object.entries(data.resultData.runData).flatMap(([name, all]) => all.map((task, index) => ({ name, task, index })))
  differ('runs', runs.length, nodes.length)
  for (const { name, task, index } of runs) {
    const truth = expected[name] ?? { isFailed: false, attempts: 1 }
    const ours = nodes.filter(({ attributes: a }) => a['n8n.node.name'] === name && a['n8n.node.run_index'] === index)
    const { attributes = {}, status: ended, span_id: above } = ours[0] ?? {}
    const key = `${id}-${name}-${index}`
    const called = far.seen.filter(({ query }) => query.key === key).length
    const attempts = spans.filter(({ name: what, parent_span_id: parent }) => what.startsWith('attempt ') && parent === above).length
    counts.runs++
    counts.failed += truth.isFailed ? 1 : 0
    counts.attempts += truth.attempts
    differ(`${name} ${index} spans`, 1, ours.length)
    differ(`${name} ${index} failed`, truth.isFailed ? 'error' : 'unset', ended)
    differ(`${name} ${index} status`, task.executionStatus, attributes['n8n.node.status'])
    differ(`${name} ${index} index`, task.executionIndex, attributes['n8n.node.execution_index'])
    differ(`${name} ${index} items`, (task.data?.main ?? []).reduce((sum, branch) => sum + (branch?.length ?? 0), 0), attributes['n8n.node.items.output'])
    differ(`${name} ${index} previous`, task.source.filter(Boolean).map(({ previousNode }) => previousNode).join(', ') || undefined, attributes['n8n.node.previous'])
    differ(`${name} ${index} attempts`, truth.attempts, attributes['n8n.node.attempts'])
    differ(`${name} ${index} calls`, called || truth.attempts, attributes['n8n.node.attempts'])
    differ(`${name} ${index} attempt spans`, flow.nodes.find((one) => one.name === name).retryOnFail ? truth.attempts : 0, attempts)
  }
  return found
}
