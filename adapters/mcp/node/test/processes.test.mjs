// Client and server in processes of their own: over standard input and output, and over HTTP.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as vigie from 'vigie'
import { capture } from 'vigie/testing'
import { instrument } from 'vigie-mcp'
import { load, named, only } from './helper.mjs'

vigie.init({ service: 'mcp-tests', level: 'debug', outputs: [{ to: 'memory' }] })
await instrument({ from: import.meta.url })
const folder = mkdtempSync(join(tmpdir(), 'vigie-mcp-'))
after(() => rmSync(folder, { recursive: true }))

const program = (name) => fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url))
const linesOf = (file) => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line))
const spansOf = (file) => linesOf(file).filter((line) => line.kind === 'span')

for (const version of [1, 2]) {
  test(`version ${version}: standard output is the protocol's`, async () => {
    const running = spawn(process.execPath, [program('stdio_server'), String(version)])
    let said = ''
    running.stderr.on('data', (chunk) => (said += chunk))
    const answers = createInterface(running.stdout)[Symbol.asyncIterator]()
    const clientInfo = { name: 't', version: '1' }
    const messages = [
      { id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } },
      { method: 'notifications/initialized' },
      { id: 1, method: 'tools/list' },
      { id: 2, method: 'tools/call', params: { name: 'add', arguments: { a: 1, b: 2 } } },
      { id: 3, method: 'tools/call', params: { name: 'fails', arguments: {} } },
      { id: 4, method: 'prompts/get', params: { name: 'nothing' } },
      { id: 5, method: 'no/such/method' },
    ]
    for (const message of messages) {
      running.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
      if (message.id === undefined) continue
      const { value } = await answers.next()
      const answer = JSON.parse(value)
      assert.deepEqual([answer.jsonrpc, answer.id], ['2.0', message.id])
    }
    running.stdin.end()
    assert.equal((await answers.next()).done, true, 'nothing else is on it')
    // The same on standard error, so that it was there to be written: spans, the tool's own lines and ours.
    if (running.exitCode === null) await once(running, 'close')
    for (const text of ['"kind":"span"', '"kind":"metric"', 'adding', 'server: tools/call add was answered']) assert.ok(said.includes(text), said)
  })

  test(`version ${version}: one trace over standard input and output`, async () => {
    const file = join(folder, `stdio-${version}.jsonl`)
    const { Client } = await load({ version, way: 'import' })
    const path = version === 1 ? '@modelcontextprotocol/sdk/client/stdio.js' : '@modelcontextprotocol/client/stdio'
    const { StdioClientTransport } = await import(path)
    const records = capture()
    const client = new Client({ name: 'c', version: '1' }, version === 2 ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {})
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [program('stdio_server'), String(version), file], stderr: 'ignore' }))
    await vigie.span('agent', () => client.callTool({ name: 'add', arguments: { a: 1, b: 2 } }))
    await client.close()
    records.stop()
    const asked = only(records.spans, 'tools/call add', 'client')
    const answered = only(spansOf(file), 'tools/call add', 'server')
    assert.deepEqual([answered.trace_id, answered.parent_span_id], [asked.trace_id, asked.span_id])
    assert.equal(asked.parent_span_id, only(records.spans, 'agent', 'internal').span_id)
    assert.deepEqual(answered.attributes['gen_ai.tool.call.arguments'], { a: 1, b: 2 })
    for (const { attributes } of [asked, answered]) {
      assert.equal(attributes['network.transport'], 'pipe')
      assert.equal(attributes['mcp.protocol.version'], version === 1 ? '2025-11-25' : '2026-07-28')
    }
    const inside = linesOf(file).find((line) => line.logger === 'tool')
    assert.equal(inside.span_id, answered.span_id)
  })

  test(`version ${version}: over HTTP the request is linked and the message is the parent`, async () => {
    const file = join(folder, `http-${version}.jsonl`)
    const running = spawn(process.execPath, [program('http_server'), String(version), file], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [port] = await once(createInterface(running.stdout), 'line')
    const { Client } = await load({ version, way: 'import' })
    const path = version === 1 ? '@modelcontextprotocol/sdk/client/streamableHttp.js' : '@modelcontextprotocol/client'
    const { StreamableHTTPClientTransport } = await import(path)
    const records = capture()
    const client = new Client({ name: 'c', version: '1' }, version === 2 ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {})
    await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`)))
    await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })
    await client.close()
    records.stop()
    running.kill('SIGTERM')
    await once(running, 'close')
    const asked = only(records.spans, 'tools/call add', 'client')
    const spans = spansOf(file)
    const answered = only(spans, 'tools/call add', 'server')
    assert.deepEqual([answered.trace_id, answered.parent_span_id], [asked.trace_id, asked.span_id])
    const around = named(spans, 'POST /mcp', 'server').map((span) => span.span_id)
    assert.deepEqual(answered.links.map((link) => around.includes(link.span_id)), [true])
    for (const { attributes } of [asked, answered]) {
      assert.deepEqual([attributes['network.transport'], attributes['network.protocol.name']], ['tcp', 'http'])
      assert.equal('mcp.session.id' in attributes, version === 1, 'only the older versions of the protocol have sessions')
    }
    const measured = linesOf(file).filter((line) => line.kind === 'metric').map((line) => line.name)
    assert.ok(measured.includes('mcp.server.operation.duration'))
    assert.equal(measured.includes('vigie.mcp.sessions.open'), version === 1)
  })
}
