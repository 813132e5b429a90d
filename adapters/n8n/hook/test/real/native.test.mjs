// n8n's own OpenTelemetry is on: it makes the spans of executions and nodes, and what we add stands in its traces.

import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { collector } from './collector.mjs'
import { farSide } from './far_side.mjs'
import { credentials, flows } from './flows.mjs'
import { N8n, copied, prepared, removed, skip, stored, until } from './n8n.mjs'

suite('with the OpenTelemetry of n8n', { skip }, () => {
  let far
  let sink
  let folder
  before(async () => {
    far = await farSide()
    sink = await collector()
    folder = await prepared(flows(far.url, far.url), credentials(far.url))
  })
  after(() => {
    far?.close()
    sink?.close()
    if (folder) removed(folder)
  })

  async function started(more = {}) {
    const env = { N8N_OTEL_ENABLED: 'true', N8N_OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, N8N_OTEL_TRACES_PRODUCTION_ONLY: 'false', ...more }
    const n8n = await N8n.started(copied(folder), { env })
    n8n.isNative = true
    return n8n
  }

  /** n8n's own spans of an execution, once they are all at the collector. */
  const native = (trace, count) => until(`${count} spans of n8n in ${trace}`, () => {
    const all = sink.spans().filter(({ traceId }) => traceId === trace)
    return all.length >= count && all
  }, 60)

  suite('as it is', () => {
    let n8n
    before(async () => (n8n = await started()))
    after(async () => {
      await n8n?.stop()
      if (n8n) removed(n8n.folder)
    })

    test('no span twice; attempts and the line stand in its trace', async () => {
      const answer = await n8n.webhook('retry')
      assert.equal(answer.status, 200)
      const [line] = await n8n.executions('retry')
      const ours = n8n.trace(line.trace_id)
      assert.deepEqual(ours.map(({ name, status }) => `${name} ${status}`), ['attempt 1 error', 'attempt 2 error', 'attempt 3 unset'])
      const theirs = await native(line.trace_id, 3)
      assert.deepEqual(theirs.map(({ name, attributes }) => [name, attributes['n8n.node.name']]).sort(), [['node.execute', 'Flaky'], ['node.execute', 'Webhook'], ['workflow.execute', undefined]])
      const flaky = theirs.find(({ attributes }) => attributes['n8n.node.name'] === 'Flaky')
      assert.deepEqual(new Set(ours.map(({ parent_span_id }) => parent_span_id)), new Set([flaky.spanId]))
      assert.equal(line.span_id, theirs.find(({ name }) => name === 'workflow.execute').spanId)
      const called = far.seen.filter(({ path }) => path === '/flaky').map(({ headers }) => headers.traceparent)
      assert.deepEqual(called, Array(3).fill(`00-${line.trace_id}-${flaky.spanId}-01`))
    })

    test('the trace is found from the execution', async () => {
      const [line] = await n8n.executions('retry')
      const execution = await until('the stored execution', () => stored(n8n.folder).find(({ id, status }) => id === line['n8n.execution.id'] && status === 'success'))
      assert.equal(execution.data.resultData.metadata.trace_id, line.trace_id)
    })

    test('a failure on an error output is in the line, of which n8n\'s span says nothing', async () => {
      await n8n.webhook('output')
      const [line] = await n8n.executions('output')
      assert.equal(line.nodes_failed, 1)
      const theirs = await native(line.trace_id, 4)
      assert.notEqual(theirs.find(({ attributes }) => attributes['n8n.node.name'] === 'Fails').status, 'error')
      assert.deepEqual(n8n.trace(line.trace_id), [])
    })

    test('models stand below the span that n8n has of their agent', async () => {
      await n8n.webhook('ai')
      const [line] = await n8n.executions('ai')
      const ours = n8n.trace(line.trace_id)
      assert.equal(ours.filter(({ name }) => name.startsWith('chat ')).length, 2)
      const theirs = await native(line.trace_id, 3)
      const known = new Set(ours.map(({ span_id }) => span_id))
      const above = new Set(ours.map(({ parent_span_id }) => parent_span_id).filter((id) => !known.has(id)))
      assert.ok(above.size > 0 && [...above].every((id) => theirs.find(({ spanId }) => spanId === id)?.attributes['n8n.node.name'] === 'Agent'))
    })
  })

  test('headers that n8n is not to send are not what our place depends on', async () => {
    const n8n = await started({ N8N_OTEL_TRACES_INJECT_OUTBOUND: 'false' })
    try {
      far.forget()
      await n8n.webhook('retry')
      const [line] = await n8n.executions('retry')
      const ours = n8n.spans()
      const theirs = await native(line.trace_id, 3)
      const flaky = theirs.find(({ attributes }) => attributes['n8n.node.name'] === 'Flaky')
      assert.deepEqual(ours.map(({ name, parent_span_id }) => [name, parent_span_id]), [1, 2, 3].map((number) => [`attempt ${number}`, flaky.spanId]))
      assert.deepEqual(far.seen.map(({ headers }) => headers.traceparent), [undefined, undefined, undefined])
    } finally {
      await n8n.stop()
      removed(n8n.folder)
    }
  })
})
