// Samplers behind the OpenTelemetry API: what a user's own decide, and Vigie's with what a span is started with.
import { createTraceState } from '@opentelemetry/api'
import { BasicTracerProvider, BatchSpanProcessor, InMemorySpanExporter, ParentBasedSampler, SamplingDecision, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as vigie from '../dist/esm/index.js'
import { register, TracerProvider } from '../dist/esm/otel.js'
import { captured, esm, run } from './helper.mjs'

register({ service: 'otel', outputs: [{ to: 'null' }] })

const deciding = (decision) => ({
  shouldSample: () => ({ decision, attributes: { told: 1 }, traceState: createTraceState('ot=th:8,k=v') }),
  toString: () => 'deciding',
})

/** Everything that a program can tell of a decision. */
async function behaviour(Provider, sampler) {
  const shown = []
  const seen = {
    onStart: (span) => shown.push(['start', span.name, span.isRecording()]),
    onEnd: (span) => shown.push(['end', span.name, span.attributes, span.spanContext().traceFlags & 1, span.spanContext().traceState.serialize()]),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const exporters = [new InMemorySpanExporter(), new InMemorySpanExporter()]
  const spanProcessors = [seen, new SimpleSpanProcessor(exporters[0]), new BatchSpanProcessor(exporters[1])]
  const provider = new Provider({ sampler, spanProcessors })
  const tracer = provider.getTracer('lib')
  const told = tracer.startActiveSpan('outer', { attributes: { own: 2 } }, (outer) => {
    outer.setAttribute('later', 3).addEvent('happened')
    const recording = tracer.startActiveSpan('inner', (inner) => {
      const both = [outer.isRecording(), inner.isRecording()]
      inner.end()
      return both
    })
    outer.end()
    const { traceFlags, traceState } = outer.spanContext()
    return [recording, traceFlags & 1, traceState.serialize()]
  })
  await provider.forceFlush()
  const exported = exporters.map((exporter) => exporter.getFinishedSpans().map(({ name }) => name))
  return { told, shown, exported }
}

for (const [name, decision] of Object.entries(SamplingDecision).filter(([, value]) => typeof value === 'number')) {
  for (const isParentBased of [false, true]) {
    test(`${name}${isParentBased ? ' below a parent' : ''} means what it means in the official SDK`, async () => {
      const sampler = isParentBased ? new ParentBasedSampler({ root: deciding(decision) }) : deciding(decision)
      let ours
      const all = await captured(vigie, async () => { ours = await behaviour(TracerProvider, sampler) })
      assert.deepEqual(ours, await behaviour(BasicTracerProvider, sampler))
      const names = decision === SamplingDecision.RECORD_AND_SAMPLED ? ['inner', 'outer'] : []
      assert.deepEqual(all.filter(({ kind }) => kind === 'span').map((span) => span.name), names, 'an output gets what an exporter gets')
    })
  }
}

test('rules see the attributes that a span is started with, and nothing of them is run', async () => {
  const done = await run(['--input-type=module', '-e', `
    import * as vigie from ${JSON.stringify(esm)}
    import { TracerProvider } from ${JSON.stringify(esm.replace('index.js', 'otel.js'))}
    import assert from 'node:assert/strict'
    const rules = [{ attributes: { 'http.route': '/items/*', attempt: '1' }, traces: 1 }]
    vigie.init({ service: 's', outputs: [{ to: 'null' }], sample: { traces: 0, rules } })
    const given = { 'http.route': '/items/7', attempt: 1 }
    const keeps = (span) => { span.end(); return span.context.sampled }
    assert.equal(keeps(vigie.startSpan('s', { attributes: given })), true)
    assert.equal(keeps(vigie.startSpan('s', { attributes: { ...given, attempt: 2n } })), false)
    assert.equal(keeps(vigie.startSpan('s', { attributes: { ...given, attempt: 1n } })), true)
    assert.equal(keeps(vigie.startSpan('s')), false)
    vigie.span('s', given, (span) => assert.equal(span.context.sampled, true))
    const hostile = { ...given, get attempt() { throw new Error('never') } }
    assert.equal(keeps(vigie.startSpan('s', { attributes: hostile })), false)
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    assert.equal(keeps(vigie.startSpan('s', { attributes: revoked.proxy })), false)
    const otel = new TracerProvider().getTracer('lib').startSpan('s', { attributes: given })
    assert.equal(otel.spanContext().traceFlags & 1, 1)
    otel.end()
  `])
  assert.equal(done.code, 0, done.stderr)
})
