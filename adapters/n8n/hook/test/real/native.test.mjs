// n8n's own OpenTelemetry is on: it makes the spans of executions and nodes, and what we add stands in its traces.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, suite, test } from 'node:test'
import { farSide } from './far_side.mjs'
import { flows } from './flows.mjs'
import { N8n, prepared, removed, skip, until } from './n8n.mjs'

/** A collector that keeps the bytes: identifiers are found in them as they are. */
async function collector() {
  const bodies = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    bodies.push(Buffer.concat(chunks))
    response.writeHead(200).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    has: (hex) => bodies.some((body) => body.includes(Buffer.from(hex, 'hex'))),
    close: () => server.closeAllConnections() ?? server.close(),
  }
}

suite('with the OpenTelemetry of n8n', { skip }, () => {
  let far
  let sink
  let folder
  let n8n
  before(async () => {
    far = await farSide()
    sink = await collector()
    folder = await prepared(flows(far.url, far.url))
    const env = { N8N_OTEL_ENABLED: 'true', N8N_OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, N8N_OTEL_TRACES_PRODUCTION_ONLY: 'false' }
    n8n = await N8n.started(folder, { env })
    n8n.isNative = true
  })
  after(async () => {
    await n8n?.stop('SIGKILL')
    far?.close()
    sink?.close()
    if (folder) removed(folder)
  })

  test('no span twice; attempts and the line stand in its trace', async () => {
    const answer = await n8n.webhook('retry')
    assert.equal(answer.status, 200)
    const [line] = await n8n.executions('retry')
    await until('the attempts', () => n8n.spans().length >= 3)
    assert.deepEqual(n8n.spans().map(({ name, status }) => `${name} ${status}`), ['attempt 1 error', 'attempt 2 error', 'attempt 3 unset'])
    assert.deepEqual(new Set(n8n.spans().map(({ trace_id }) => trace_id)), new Set([line.trace_id]))
    const [{ trace_id: trace, parent_span_id: parent }] = n8n.spans()
    await until('the trace at n8n\'s collector', () => sink.has(trace) && sink.has(parent), 30)
  })

  test('a failure on an error output is in the line, of which n8n\'s span says nothing', async () => {
    await n8n.webhook('output')
    const [line] = await n8n.executions('output')
    assert.equal(line.nodes_failed, 1)
    assert.match(line.trace_id, /^[0-9a-f]{32}$/)
  })
})
