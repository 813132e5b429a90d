// What was recorded on a real n8n 2.41.1 (test/real/programs/record.cjs), played into the hook: the same traces come out.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as vigie from 'vigie'
import { memoryLines } from 'vigie/testing'
import { likeness, play } from './likeness.mjs'
import { byName, shape } from './real/shape.mjs'

const RECORDED = fileURLToPath(new URL('recorded.jsonl', import.meta.url))

let lines
before(async () => {
  process.env.VIGIE_OUTPUTS = '[{"to":"memory"}]'
  const { main, load } = likeness()
  createRequire(import.meta.url)('../dist/start.js').start(main)
  await play(load, RECORDED)
  await vigie.flush()
  lines = memoryLines().map((line) => JSON.parse(line))
})
after(() => vigie.shutdown())

const ended = (workflow) => lines.find((line) => line.event === 'n8n.execution' && line['n8n.workflow.id'] === workflow)
const trace = (workflow) => lines.filter(({ kind, trace_id }) => kind === 'span' && trace_id === ended(workflow).trace_id)
/** The spans in the order in which they began; a recording has no time between them. */
const drawn = (workflow) => shape(trace(workflow))

test('a failure that goes to an error output', () => {
  assert.deepEqual(drawn('output'), ['workflow flow output', '  node Webhook', '  node Fails (error)', '  node Bad'])
  assert.equal(byName(trace('output'), 'node Fails').attributes['n8n.node.error_output'], true)
})

test('an agent whose model fails', () => {
  assert.deepEqual(drawn('ai').map((line) => line.trim()).sort(), ['node Agent (error)', 'node Model', 'node Webhook', 'workflow flow ai (error)'])
  assert.equal(byName(trace('ai'), 'node Model').parent_span_id, byName(trace('ai'), 'node Agent').span_id)
  assert.equal(ended('ai').error.type, 'NodeOperationError')
})

test('nothing of the hook failed, and nothing is open', () => {
  const metrics = vigie.metricsText()
  assert.match(metrics, /^n8n_executions_active 0$/m)
  assert.match(metrics, /^vigie_n8n_failed 0$/m)
})
