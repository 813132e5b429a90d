// Calls of the client and spans through the OpenTelemetry API form one tree, and the server goes on with it.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import * as qdrant from '@qdrant/js-client-rest'
import { register } from 'vigie/otel'
import { capture } from 'vigie/testing'
import { instrument, uninstrument } from 'vigie-qdrant'
import { serve } from './server.mjs'

const require = createRequire(import.meta.url)
// The copy of the API that stands beside Vigie: this package needs none.
const { context, propagation, ROOT_CONTEXT, trace } = createRequire(require.resolve('vigie/otel'))('@opentelemetry/api')

register({ service: 'tests', outputs: [{ to: 'null' }] })
const tracer = trace.getTracer('instrumentation')

test('a call stands below the span of the API that is current, and what it sends leads back to it', async (t) => {
  const server = await serve(t)
  await instrument()
  t.after(() => uninstrument())
  const client = new qdrant.QdrantClient({ url: server.url, checkCompatibility: false })
  const records = capture()
  await tracer.startActiveSpan('request', async (span) => {
    await client.query('docs', { query: [0.1, 0.2] })
    span.end()
  })
  // What an instrumentation of the server's would do with the headers.
  const came = propagation.extract(ROOT_CONTEXT, server.requests[0].headers)
  context.with(came, () => tracer.startSpan('at the server').end())
  records.stop()
  const [call, request, far] = records.spans
  assert.deepEqual([call.name, request.name, far.name], ['query_points docs', 'request', 'at the server'])
  assert.deepEqual([call.parent_span_id, far.parent_span_id], [request.span_id, call.span_id])
  assert.equal(far.trace_id, request.trace_id)
})
