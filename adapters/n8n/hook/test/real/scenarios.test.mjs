// What a real n8n does, checked on the lines that came out.

import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { farSide } from './far_side.mjs'
import { credentials, flows } from './flows.mjs'
import { N8n, prepared, removed, skip, stored, until } from './n8n.mjs'
import { pythonService } from './python.mjs'
import { byName, shape } from './shape.mjs'

suite('on a real n8n', { skip }, () => {
  let far
  let service
  let folder
  let n8n
  before(async () => {
    far = await farSide()
    service = await pythonService(mkdtempSync(join(tmpdir(), 'vigie-service-')))
    folder = await prepared(flows(far.url, service.url), credentials(far.url))
    n8n = await N8n.started(folder)
  })
  after(async () => {
    await n8n?.stop()
    far?.close()
    service?.close()
    if (folder) removed(folder)
  })

  /** Starts a workflow by its webhook and gives the lines of its execution. */
  async function ran(name, init) {
    const answer = await n8n.webhook(name, init)
    const [line] = await n8n.executions(name)
    return { answer, line, spans: n8n.trace(line.trace_id) }
  }

  test('one line says which layers are on', () => {
    const line = n8n.lines().find(({ event }) => event === 'n8n.watched')
    assert.equal(line.on, 'lifecycle, nodes, queue, logs, events, langchain, webhooks')
    assert.equal(line.n8n_version, '2.41.1')
  })

  test('a plain flow', async () => {
    const { answer, line, spans } = await ran('plain')
    assert.equal(answer.status, 200)
    assert.deepEqual(shape(spans), ['workflow flow plain', '  node Webhook', '  node First', '  node Second'])
    const root = byName(spans, 'workflow flow plain')
    assert.equal(root.span_kind, 'server')
    assert.equal(root.attributes['n8n.execution.status'], 'success')
    assert.equal(root.attributes['n8n.workflow.custom.team'], 'blue')
    assert.equal(root.attributes['n8n.workflow.node_count'], 3)
    for (const span of spans) {
      assert.equal(span.attributes['n8n.execution.id'], line['n8n.execution.id'])
      assert.equal(span.attributes['n8n.workflow.id'], 'plain')
    }
    const first = byName(spans, 'node First').attributes
    assert.equal(first['n8n.node.previous'], 'Webhook')
    assert.equal(first['n8n.node.run_index'], 0)
    assert.equal(first['n8n.node.items.input'], 1)
    assert.equal(first['n8n.node.items.output'], 1)
    assert.equal(line.outcome, 'success')
    assert.equal(line.nodes_run, 3)
  })

  test('the trace is found from the execution', async () => {
    const [line] = await n8n.executions('plain')
    const execution = await until('the stored execution', () => stored(folder).find(({ id, status }) => id === line['n8n.execution.id'] && status === 'success'))
    assert.equal(execution.data.resultData.metadata.trace_id, line.trace_id)
  })

  test('each attempt of a retry', async () => {
    const { spans } = await ran('retry')
    assert.deepEqual(shape(spans), ['workflow flow retry', '  node Webhook', '  node Flaky', '    attempt 1 (error)', '    attempt 2 (error)', '    attempt 3'])
    assert.equal(byName(spans, 'node Flaky').attributes['n8n.node.attempts'], 3)
    assert.equal(byName(spans, 'attempt 2').attributes['error.type'], 'NodeApiError')
  })

  test('a failure that goes to an error output is one', async () => {
    const { spans } = await ran('output')
    assert.deepEqual(shape(spans), ['workflow flow output', '  node Webhook', '  node Fails (error)', '  node Bad'])
    const { attributes } = byName(spans, 'node Fails')
    assert.equal(attributes['n8n.node.error_output'], true)
    assert.equal(attributes['n8n.node.status'], 'success')
  })

  test('a sub-workflow', async () => {
    const { answer, line, spans } = await ran('parent')
    assert.equal(answer.status, 200)
    assert.deepEqual(shape(spans), ['workflow flow parent', '  node Webhook', '  node Call', '    workflow flow child', '      node Start', '      node Inside'])
    assert.equal(byName(spans, 'workflow flow child').attributes['n8n.execution.parent.id'], line['n8n.execution.id'])
  })

  test('a long loop is counted beyond the cap', async () => {
    const { line, spans } = await ran('loop')
    assert.equal(line.nodes_run, 1 + 1 + 701 + 700 + 1)
    assert.equal(spans.length, 1 + 1000 + 1)
    const { attributes } = byName(spans, 'nodes left out')
    assert.equal(attributes['n8n.left_out.runs'], line.nodes_run - 1000)
    assert.equal(Object.values(attributes['n8n.left_out.nodes']).reduce((a, b) => a + b), attributes['n8n.left_out.runs'])
    const indexes = spans.filter(({ name }) => name === 'node Step').map((span) => span.attributes['n8n.node.run_index'])
    assert.deepEqual(indexes, indexes.map((_, index) => index))
  })

  test('what waits is resumed as a child with a link', async () => {
    await n8n.webhook('wait')
    const [first] = await n8n.executions('wait')
    assert.equal(first.status, 'waiting')
    const { query } = await until('the address to resume at', () => far.seen.find(({ path }) => path === '/resume'))
    await until('the execution to be stored', () => stored(folder).some(({ id, status }) => id === first['n8n.execution.id'] && status === 'waiting'))
    const resumed = await fetch(query.url)
    assert.equal(resumed.status, 200)
    const [, second] = await n8n.executions('wait', 2)
    assert.equal(second.status, 'success')
    const spans = n8n.trace(first.trace_id)
    assert.deepEqual(shape(spans), ['workflow flow wait', '  node Webhook', '  node Tell', '  node Wait', '  workflow flow wait', '    node Wait', '    node Later'])
    const again = spans.find(({ span_id }) => span_id === second.span_id)
    assert.equal(again.links[0].span_id, first.span_id)
  })

  test('an error workflow stands in the trace of the failure, and secrets are masked', async () => {
    const { line, spans } = await ran('fails')
    assert.equal(line.outcome, 'failure')
    assert.equal(line.level, 'ERROR')
    const [noted] = await n8n.executions('onerror')
    assert.equal(noted.trace_id, line.trace_id)
    assert.deepEqual(shape(n8n.trace(line.trace_id)), ['workflow flow fails (error)', '  node Webhook', '  node Stop (error)', '  workflow flow onerror', '    node Failed', '    node Note'])
    assert.equal(JSON.stringify(n8n.lines()).includes('ghp_0123456789'), false)
    assert.ok(spans.length > 0)
  })

  test('one trace from the caller through n8n into a service', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03'
    const { spans } = await ran('across', { headers: { traceparent } })
    const root = byName(spans, 'workflow flow across')
    assert.equal(root.trace_id, '0af7651916cd43dd8448eb211c80319c')
    assert.equal(root.parent_span_id, 'b7ad6b7169203331')
    const served = await until('the span of the service', () => service.lines().find(({ kind, span_kind }) => kind === 'span' && span_kind === 'server'))
    assert.equal(served.trace_id, root.trace_id)
    assert.equal(served.parent_span_id, byName(spans, 'node Service').span_id)
  })

  test('a Code node', async () => {
    const { line, spans } = await ran('code')
    assert.deepEqual(shape(spans), ['workflow flow code', '  node Webhook', '  node Code'])
    assert.equal(byName(spans, 'node Code').attributes['n8n.node.items.output'], 2)
    const runner = n8n.lines().filter((one) => one.event?.startsWith('n8n.runner-') && one['n8n.execution.id'] === line['n8n.execution.id'])
    assert.deepEqual(runner.map(({ event }) => event), ['n8n.runner-task-requested', 'n8n.runner-response-received'])
    assert.equal(runner[0].trace_id, line.trace_id)
  })

  test('an execution that is over its time is cancelled, with what was open', async () => {
    const { line, spans } = await ran('short')
    assert.equal(line.status, 'canceled')
    const slow = byName(spans, 'node Slow')
    assert.equal(slow.attributes['n8n.node.termination_reason'] ?? 'workflow_cancelled', 'workflow_cancelled')
    assert.equal(slow.status, 'error')
  })

  test('an agent with a model and a tool', async () => {
    const { answer, line, spans } = await ran('ai')
    assert.equal(answer.status, 200)
    const chats = spans.filter(({ name }) => name.startsWith('chat '))
    assert.equal(chats.length, 2)
    const agent = byName(spans, 'node Agent')
    const inAgent = (span) => span !== undefined && (span.span_id === agent.span_id || inAgent(spans.find(({ span_id }) => span_id === span.parent_span_id)))
    assert.ok(chats.every(inAgent), shape(spans).join('\n'))
    assert.ok(spans.every(({ attributes: own }) => own['n8n.execution.id'] === line['n8n.execution.id'] && own['n8n.workflow.id'] === 'ai'))
    assert.ok(spans.some(({ name }) => name === 'node Model') && spans.some(({ name }) => name === 'node Adder'))
    assert.equal(line['gen_ai.usage.input_tokens'], 200)
    assert.equal(line['gen_ai.usage.output_tokens'], 20)
    assert.ok(line['gen_ai.usage.cost'] > 0)
  })

  test('n8n\'s own records stand in the trace, below the node that they are about', async () => {
    const { line, spans } = await ran('breaks')
    const records = n8n.lines().filter(({ logger, trace_id }) => logger === 'n8n' && trace_id === line.trace_id)
    assert.ok(records.length > 0)
    assert.deepEqual([...new Set(records.map(({ span_id }) => span_id))], [byName(spans, 'node Call').span_id])
    assert.ok(records.every((record) => record['n8n.execution.id'] === line['n8n.execution.id'] && record['n8n.node.name'] === 'Call'))
  })

  test('metrics', async () => {
    await n8n.stop()
    const metrics = n8n.lines().filter(({ kind }) => kind === 'metric')
    const of = (name, labels) => metrics.filter((metric) => metric.name === name && Object.entries(labels).every(([key, value]) => metric.attributes[key] === value)).at(-1)
    assert.equal(of('n8n.workflow.duration', { workflow: 'plain' }).count, 1)
    assert.equal(of('n8n.node.retries', { workflow: 'retry' }).value, 2)
    assert.equal(of('n8n.node.failures', { workflow: 'output', 'error.type': 'AxiosError' }).value, 1)
    assert.equal(of('n8n.node.duration', { workflow: 'loop', 'n8n.node.type': 'n8n-nodes-base.set' }).count, 701)
    assert.equal(of('n8n.ai.tokens', { workflow: 'ai', 'gen_ai.token.type': 'input' }).value, 200)
    assert.ok(of('n8n.webhook.duration', { 'http.response.status_code': 200 }).count > 5)
    assert.equal(of('n8n.executions.active', {}).value, 0)
    assert.equal(of('vigie.n8n.failed', {}).value, 0)
  })
})
