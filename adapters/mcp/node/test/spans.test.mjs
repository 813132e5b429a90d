// Spans of both sides on the real SDK in one process, for every copy of it that a program may load.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as vigie from 'vigie'
import { capture } from 'vigie/testing'
import { instrument } from 'vigie-mcp'
import { named, only, pair, SDKS, serve, load } from './helper.mjs'

vigie.init({ service: 'mcp-tests', level: 'debug', outputs: [{ to: 'memory' }] })
assert.equal(await instrument({ from: import.meta.url }), true)

for (const sdk of SDKS) {
  const check = (name, run) =>
    test(`${sdk.label}: ${name}`, async () => {
      const records = capture()
      const sides = await pair(sdk)
      try {
        await run({ ...sides, records })
      } finally {
        await sides.close()
        records.stop()
      }
    })

  check('one trace from the caller to the tool', async ({ client, records }) => {
    await vigie.span('agent', () => client.callTool({ name: 'add', arguments: { a: 1, b: 2 } }))
    const agent = only(records.spans, 'agent', 'internal')
    const asked = only(records.spans, 'tools/call add', 'client')
    const answered = only(records.spans, 'tools/call add', 'server')
    assert.equal(asked.parent_span_id, agent.span_id)
    assert.equal(answered.parent_span_id, asked.span_id)
    assert.deepEqual([asked.trace_id, answered.trace_id], [agent.trace_id, agent.trace_id])
    assert.equal(answered.links, undefined, 'the parent is no link too')
    const inside = records.logs.find((log) => log.logger === 'tool')
    assert.equal(inside.span_id, answered.span_id)
  })

  check("an agent's own span of the same tool is enriched and not doubled", async ({ client, records }) => {
    await vigie.span('execute_tool add', () => client.callTool({ name: 'add', arguments: { a: 1, b: 2 } }))
    await vigie.span('execute_tool fails', () => client.callTool({ name: 'fails', arguments: {} }))
    await vigie.span('execute_tool add', () => client.callTool({ name: 'fails', arguments: {} }))
    const [executed, other] = named(records.spans, 'execute_tool add', 'internal')
    assert.deepEqual([named(records.spans, 'tools/call add', 'client').length, other.attributes], [0, undefined])
    assert.equal(executed.attributes['mcp.method.name'], 'tools/call')
    assert.ok(executed.attributes['vigie.mcp.result.size'] > 0)
    const answered = only(records.spans, 'tools/call add', 'server')
    assert.deepEqual([answered.parent_span_id, answered.trace_id], [executed.span_id, executed.trace_id])
    const failed = only(records.spans, 'execute_tool fails', 'internal')
    assert.deepEqual([failed.status, failed.attributes['error.type']], ['unset', 'tool_error'], 'how it ends the agent says')
    assert.equal(only(records.spans, 'tools/call fails', 'client').parent_span_id, other.span_id)
  })

  check("a framework's run of the same tool is enriched too", async ({ client, records }) => {
    const runs = new vigie.Runs()
    let run
    runs.follow(() => run)
    try {
      runs.start('r', 'execute_tool add')
      run = 'r'
      await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })
      runs.end('r')
    } finally {
      runs.follow()
    }
    const executed = only(records.spans, 'execute_tool add', 'internal')
    assert.equal(executed.attributes['mcp.method.name'], 'tools/call')
    assert.deepEqual(named(records.spans, 'tools/call add', 'client'), [])
    assert.equal(only(records.spans, 'tools/call add', 'server').parent_span_id, executed.span_id)
  })

  check('attributes are those of the conventions', async ({ client, records }) => {
    await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })
    await client.getPrompt({ name: 'greet', arguments: { name: 'Ada' } })
    await client.readResource({ uri: 'memo://one' })
    const { 'jsonrpc.request.id': id, 'vigie.mcp.result.size': size, ...tool } = only(records.spans, 'tools/call add', 'server').attributes
    assert.match(id, /^\d+$/)
    assert.deepEqual(tool, {
      'mcp.method.name': 'tools/call',
      'mcp.protocol.version': '2025-11-25',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'add',
      'vigie.mcp.result.tokens': Math.ceil(size / 4),
    })
    assert.equal(only(records.spans, 'prompts/get greet', 'client').attributes['gen_ai.prompt.name'], 'greet')
    assert.equal(only(records.spans, 'resources/read', 'server').attributes['mcp.resource.uri'], 'memo://one')
  })

  check('a failing tool is a tool error, and what it said is not recorded', async ({ client, records }) => {
    assert.equal((await client.callTool({ name: 'fails', arguments: {} })).isError, true)
    for (const kind of ['client', 'server']) {
      const span = only(records.spans, 'tools/call fails', kind)
      assert.deepEqual([span.status, span.attributes['error.type']], ['error', 'tool_error'])
    }
    assert.doesNotMatch(records.lines.join(''), /database/)
  })

  check('an error of the protocol reaches the caller and the spans', async ({ client, records }) => {
    await assert.rejects(client.getPrompt({ name: 'nothing', arguments: {} }), (error) => Number.isInteger(error.code))
    for (const kind of ['client', 'server']) {
      const span = only(records.spans, 'prompts/get nothing', kind)
      assert.equal(span.status, 'error')
      assert.equal(span.attributes['error.type'], '-32602')
      assert.equal(span.attributes['rpc.response.status_code'], '-32602')
    }
  })

  check('an unknown method has its code too', async ({ client, records }) => {
    const any = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }
    const { z } = await import('zod')
    await assert.rejects(client.request({ method: 'no/such' }, sdk.version === 1 ? z.any() : any))
    assert.equal(only(records.spans, 'no/such', 'server').attributes['error.type'], '-32601')
  })

  check('a cancelled call ends its spans without an error', async ({ client, records }) => {
    const params = { name: 'waits', arguments: {} }
    const options = { signal: AbortSignal.timeout(50) }
    await assert.rejects(sdk.version === 1 ? client.callTool(params, undefined, options) : client.callTool(params, options))
    await client.ping()
    for (const kind of ['client', 'server']) {
      const span = only(records.spans, 'tools/call waits', kind)
      assert.deepEqual([span.status, span.attributes['error.type']], ['unset', 'cancelled'])
    }
  })

  check('fifty calls at once keep their own parents', async ({ client, records }) => {
    const calls = Array.from({ length: 50 }, (_, a) => vigie.span(`caller ${a}`, () => client.callTool({ name: 'add', arguments: { a, b: a } })))
    await Promise.all(calls)
    const spans = new Map(records.spans.map((span) => [span.span_id, span]))
    const logs = records.logs.filter((log) => log.logger === 'tool')
    assert.equal(logs.length, 50)
    for (const log of logs) {
      const answered = spans.get(log.span_id)
      const asked = spans.get(answered.parent_span_id)
      assert.deepEqual([answered.span_kind, asked.span_kind], ['server', 'client'])
      assert.equal(spans.get(asked.parent_span_id).name, `caller ${log.a}`)
    }
  })

  for (const flags of ['00', '01', '03']) {
    test(`${sdk.label}: a parent with the flags ${flags} is taken`, async () => {
      const { McpServer, InMemoryTransport, version } = await load(sdk)
      const [near, far] = InMemoryTransport.createLinkedPair()
      const answers = []
      near.onmessage = (message) => answers.push(message)
      await serve(McpServer, version).connect(far)
      const records = capture()
      const ask = async (message) => {
        await near.send({ jsonrpc: '2.0', ...message })
        while (message.id !== undefined && !answers.some(({ id }) => id === message.id)) await new Promise((resolve) => setTimeout(resolve, 5))
      }
      await ask({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } } })
      await ask({ method: 'notifications/initialized' })
      const _meta = { traceparent: `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`, tracestate: 'a=1', baggage: 'tenant=acme' }
      await ask({ id: 2, method: 'tools/call', params: { name: 'add', arguments: { a: 1, b: 0 }, _meta } })
      await near.close()
      records.stop()
      const inside = records.logs.find((log) => log.logger === 'tool')
      assert.deepEqual([inside.trace_id, inside.tenant], ['0af7651916cd43dd8448eb211c80319c', 'acme'])
      if (flags !== '00') assert.equal(only(records.spans, 'tools/call add', 'server').parent_span_id, 'b7ad6b7169203331')
      else assert.equal(named(records.spans, 'tools/call add', 'server').length, 0)
    })
  }
}
