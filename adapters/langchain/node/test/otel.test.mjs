// Runs and spans through the OpenTelemetry API form one tree, in both directions.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, test } from 'node:test'
import { RunnableLambda } from '@langchain/core/runnables'
import { register } from 'vigie/otel'
import { capture } from 'vigie/testing'
import { instrument, uninstrument } from 'vigie-langchain'
import { tree } from './helper.mjs'

const require = createRequire(import.meta.url)
// The copy of the API that stands beside Vigie: this package needs none.
const { context, trace } = createRequire(require.resolve('vigie/otel'))('@opentelemetry/api')

register({ service: 'test', outputs: [{ to: 'null' }] })
await instrument()
after(uninstrument)

const tracer = trace.getTracer('instrumentation')
const call = (name) => tracer.startActiveSpan(name, async (span) => {
  await null
  span.end()
})

test('a run below a span of the API, a span of the API below a run, and a run below that', async () => {
  const inner = RunnableLambda.from(async (n) => {
    await call('GET inner')
    return n + 1
  }).withConfig({ runName: 'inner' })
  const outer = RunnableLambda.from(async (n) => {
    const run = trace.getActiveSpan()
    assert.equal(run.name, 'invoke_workflow outer')
    run.setAttribute('said', 'through the API')
    await call('GET outer')
    return tracer.startActiveSpan('step', async (span) => {
      const told = await inner.invoke(n)
      span.end()
      return told
    })
  }).withConfig({ runName: 'outer' })
  const records = capture()
  await tracer.startActiveSpan('request', async (span) => {
    assert.equal(await outer.invoke(1), 2)
    assert.equal(trace.getActiveSpan(), span)
    span.end()
  })
  assert.equal(trace.getActiveSpan(), undefined)
  records.stop()
  assert.deepEqual(tree(records.spans), {
    'invoke_workflow outer < request': 1, 'GET outer < invoke_workflow outer': 1, 'step < invoke_workflow outer': 1,
    'inner < step': 1, 'GET inner < inner': 1,
  })
  assert.equal(records.spans.find(({ name }) => name === 'invoke_workflow outer').attributes.said, 'through the API')
  assert.equal(new Set(records.spans.map((span) => span.trace_id)).size, 1)
})

test('runs beside each other, each with its own spans of the API, and what is bound to one of them', async () => {
  let bound
  const work = (name) => RunnableLambda.from(async (n) => {
    if (name === 'run 1') bound = context.bind(context.active(), () => tracer.startSpan('later').end())
    await new Promise((resolve) => setTimeout(resolve, n))
    await call(`call of ${name}`)
    return n
  }).withConfig({ runName: name })
  const records = capture()
  await Promise.all([3, 1, 2].map((n) => work(`run ${n}`).invoke(n)))
  bound()
  records.stop()
  assert.deepEqual(tree(records.spans), {
    'call of run 1 < invoke_workflow run 1': 1, 'call of run 2 < invoke_workflow run 2': 1, 'call of run 3 < invoke_workflow run 3': 1,
    'later < invoke_workflow run 1': 1,
  })
})
