// Metrics: durations, sessions, sizes, and which tools are never called.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as vigie from 'vigie'
import { instrument } from 'vigie-mcp'
import { pair, SDKS, value } from './helper.mjs'

const own = createRequire(new URL('../dist/', import.meta.url))
vigie.init({ service: 'mcp-tests', outputs: [{ to: 'memory' }] })
await instrument({ from: import.meta.url })

test('tools that nobody calls are seen', async () => {
  const { client, close } = await pair(SDKS[0])
  await client.listTools()
  await client.callTool({ name: 'add', arguments: { a: 1, b: 1 } })
  await close()
  for (const vigie_mcp_side of ['client', 'server']) {
    assert.equal(value('vigie_mcp_tools_listed', { vigie_mcp_side }), 4)
    assert.equal(value('vigie_mcp_tools_never_called', { vigie_mcp_side }), 3)
    assert.equal(value('vigie_mcp_tool_calls_total', { vigie_mcp_side, gen_ai_tool_name: 'waits' }), 0)
    assert.ok(value('vigie_mcp_tool_definition_tokens', { vigie_mcp_side, gen_ai_tool_name: 'add' }) > 10)
  }
})

test('a name that no list has is no label', async () => {
  const { client, close } = await pair(SDKS[2])
  for (let number = 0; number < 20; number++) await client.callTool({ name: `made up ${number}`, arguments: {} }).catch(() => {})
  await close()
  assert.doesNotMatch(vigie.metricsText(), /made up/)
  assert.ok(value('vigie_mcp_tool_calls_total', { gen_ai_tool_name: '_OTHER', vigie_mcp_side: 'server' }) >= 20)
})

test('names, methods and codes are bounded', () => {
  const { Listed } = own('./listed.js')
  const names = own('./names.js')
  const side = new Listed('client')
  side.tools(Array.from({ length: names.NAMES_KEPT + 50 }, (_, number) => ({ name: `t${number}` })))
  assert.equal(side.called(`t${names.NAMES_KEPT - 1}`, true), `t${names.NAMES_KEPT - 1}`)
  assert.equal(side.called(`t${names.NAMES_KEPT}`, true), names.OTHER)
  assert.equal(own('./request.js').methodLabel({ side: 'server', method: 'no/such', params: {} }), names.OTHER)
  const { codeLabel, errorLabel, ofCode } = own('./outcome.js')
  assert.deepEqual([codeLabel(ofCode(12345)), errorLabel(ofCode(12345)), errorLabel(ofCode(-32602))], [names.OTHER, names.OTHER, '-32602'])
})

test('durations and sizes are measured on both sides', async () => {
  const labels = { gen_ai_tool_name: 'add', mcp_method_name: 'tools/call' }
  const counts = () => [
    value('mcp_client_operation_duration_count', labels) ?? 0,
    value('mcp_server_operation_duration_count', labels) ?? 0,
    value('vigie_mcp_result_bytes_count', { vigie_mcp_side: 'client', ...labels }) ?? 0,
    value('vigie_mcp_result_tokens_count', { vigie_mcp_side: 'server', ...labels }) ?? 0,
  ]
  const before = counts()
  const { client, close } = await pair(SDKS[3])
  await client.callTool({ name: 'add', arguments: { a: 1, b: 1 } })
  await close()
  assert.deepEqual(counts().map((now, at) => now - before[at]), [1, 1, 1, 1])
})

for (const sdk of SDKS) {
  test(`${sdk.label}: sessions open and close and say when they were active`, async () => {
    const open = (vigie_mcp_side) => value('vigie_mcp_sessions_open', { vigie_mcp_side })
    const stalest = () => value('vigie_mcp_session_stalest_activity', { vigie_mcp_side: 'server' })
    const { client, close } = await pair(sdk)
    assert.deepEqual([open('client'), open('server')], [1, 1])
    const before = stalest()
    await new Promise((resolve) => setTimeout(resolve, 20))
    await client.ping()
    assert.ok(stalest() > before + 0.01)
    const ended = value('mcp_server_session_duration_count') ?? 0
    await close()
    assert.deepEqual([open('client'), open('server')], [0, 0])
    assert.equal(value('mcp_server_session_duration_count'), ended + 1)
  })
}

test('a session that is thrown away unclosed holds nothing and is closed then', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc')
  await (async () => void (await pair(SDKS[0])))()
  for (let round = 0; round < 20 && value('vigie_mcp_sessions_open', { vigie_mcp_side: 'client' }) !== 0; round++) {
    gc()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.equal(value('vigie_mcp_sessions_open', { vigie_mcp_side: 'client' }), 0)
})
