// Our spans against what n8n has stored of the same executions, node by node, in workflows out of chance.

import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { farSide } from './far_side.mjs'
import { N8n, prepared, removed, skip, stored, until } from './n8n.mjs'
import { randomFlow } from './random_flow.mjs'

const COUNT = Number(process.env.VIGIE_N8N_FLOWS ?? 20)

suite('n8n\'s own data', { skip }, () => {
  let far
  let made
  let folder
  let n8n
  before(async () => {
    far = await farSide()
    made = Array.from({ length: COUNT }, (_, seed) => randomFlow(seed + 1, far.url))
    folder = await prepared(made.map(({ flow }) => flow))
    n8n = await N8n.started(folder)
  })
  after(async () => {
    await n8n?.stop()
    far?.close()
    if (folder) removed(folder)
  })

  test(`agrees with the spans of ${COUNT} workflows`, async (t) => {
    for (const { flow } of made) await n8n.webhook(flow.id)
    const executions = await until('the stored executions', () => {
      const all = stored(folder)
      return all.length >= COUNT && all.every(({ status }) => status === 'success' || status === 'error') && all
    }, 60 + COUNT)
    for (const { flow } of made) await n8n.executions(flow.id)
    const counts = { runs: 0, failed: 0, attempts: 0 }
    const differences = executions.flatMap((execution) => compared(execution, made.find(({ flow }) => flow.id === execution.workflowId), n8n, far, counts))
    t.diagnostic(`${executions.length} executions, ${counts.runs} runs of nodes, ${counts.failed} failed, ${counts.attempts} attempts`)
    assert.deepEqual(differences, [])
    assert.ok(counts.failed > COUNT / 2 && counts.attempts > counts.runs)
  })
})

/** What differs between an execution and its spans, in words. */
function compared({ id, status, data }, { flow, expected }, n8n, far, counts) {
  const found = []
  const differ = (what, theirs, ours) => JSON.stringify(theirs) === JSON.stringify(ours) || found.push(`${flow.id}: ${what}: ${JSON.stringify(theirs)} but ${JSON.stringify(ours)}`)
  const spans = n8n.spans().filter(({ attributes }) => attributes['n8n.execution.id'] === id)
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
