// Calls of tools and spans through the OpenTelemetry API form one tree, in both directions.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { register } from 'vigie/otel'
import { capture } from 'vigie/testing'
import { instrument } from 'vigie-mcp'
import { only, pair, SDKS } from './helper.mjs'

const require = createRequire(import.meta.url)
// The copy of the API that stands beside Vigie: this package needs none.
const { trace } = createRequire(require.resolve('vigie/otel'))('@opentelemetry/api')

register({ service: 'mcp-tests', outputs: [{ to: 'null' }] })
assert.equal(await instrument({ from: import.meta.url }), true)
const tracer = trace.getTracer('instrumentation')

test('the caller is a span of the API, and so is what the tool does', async () => {
  const { server, client, close } = await pair(SDKS[0])
  server.registerTool('looks', { description: 'Looks something up.' }, () => tracer.startActiveSpan('SELECT', async (span) => {
    await null
    span.end()
    return { content: [{ type: 'text', text: trace.getActiveSpan() === span ? 'seen' : 'lost' }] }
  }))
  const records = capture()
  const answer = await tracer.startActiveSpan('agent', async (span) => {
    const told = await client.callTool({ name: 'looks', arguments: {} })
    span.end()
    return told
  })
  await close()
  records.stop()
  assert.equal(answer.content[0].text, 'seen')
  const agent = only(records.spans, 'agent', 'internal')
  const asked = only(records.spans, 'tools/call looks', 'client')
  const answered = only(records.spans, 'tools/call looks', 'server')
  const select = only(records.spans, 'SELECT', 'internal')
  assert.deepEqual([asked, answered, select].map((span) => span.parent_span_id), [agent.span_id, asked.span_id, answered.span_id])
  assert.deepEqual(new Set([asked, answered, select].map((span) => span.trace_id)), new Set([agent.trace_id]))
})
