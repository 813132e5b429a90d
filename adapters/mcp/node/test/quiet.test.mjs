// Nothing of the adapter reaches the program: what is set up, what is taken back, and what fails in between.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { after, afterEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as vigie from 'vigie'
import { capture } from 'vigie/testing'
import { instrument, uninstrument } from 'vigie-mcp'
import { load, named, pair, SDKS, value } from './helper.mjs'

const own = createRequire(new URL('../dist/', import.meta.url))
vigie.init({ service: 'mcp-tests', level: 'debug', outputs: [{ to: 'memory' }] })
const from = import.meta.url
afterEach(uninstrument)

async function hooked() {
  const all = []
  for (const sdk of SDKS) {
    const { Client, McpServer } = await load(sdk)
    for (let one of [Client, new McpServer({ name: 't', version: '1' }).server.constructor]) {
      for (one = one.prototype; !Object.hasOwn(one, '_onrequest'); ) one = Object.getPrototypeOf(one)
      all.push(one.request, one._requestWithSchemaViaCodec, one._onrequest, one._onclose)
    }
  }
  return all
}

test('the originals come back however often it was called', async () => {
  const before = await hooked()
  uninstrument()
  assert.equal(await instrument({ from }), true)
  const ours = await hooked()
  assert.equal(await instrument({ from }), true)
  assert.deepEqual(await hooked(), ours)
  assert.ok(ours.filter((one, at) => one !== before[at]).length >= 18)
  uninstrument()
  uninstrument()
  assert.deepEqual(await hooked(), before)
})

test('classes that are given are hooked before the call returns', async () => {
  const { Client } = await load(SDKS[0])
  const before = await hooked()
  const done = instrument({ classes: [Client] })
  assert.notDeepEqual(await hooked(), before)
  assert.equal(await done, true)
})

test('what is not the SDK is left alone', async () => {
  class Other {
    request() {}
    _onrequest(_one, _two, _three) {}
    _onclose() {}
  }
  const { _onrequest } = Other.prototype
  for (const classes of [[Other], [class {}], [undefined], []]) assert.equal(await instrument({ classes }), false)
  assert.equal(Other.prototype._onrequest, _onrequest)
  assert.equal(await instrument({ from: '/' }), false)
})

test('a choice that is not accepted is named', async () => {
  await assert.rejects(instrument({ capture: 'everything' }), /capture is "everything", which is none of off, metadata, full/)
  await assert.rejects(instrument({ captureBytes: 0 }), /captureBytes is 0, which is no whole number above 0/)
})

test('a wrapper that came after ours is left, and ours does nothing in it', async () => {
  const { Client } = await load(SDKS[0])
  const prototype = Object.getPrototypeOf(Client.prototype)
  const original = prototype.request
  await instrument({ from })
  const ours = prototype.request
  const theirs = function (...all) {
    return ours.apply(this, all)
  }
  prototype.request = theirs
  uninstrument()
  assert.equal(prototype.request, theirs)
  const records = capture()
  const { client, close } = await pair(SDKS[0])
  await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })
  await close()
  assert.equal(records.spans.length, 0)
  // A hook that is put in around theirs does not bring the old one to life again.
  await instrument({ from })
  const again = await pair(SDKS[0])
  await again.client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })
  await again.close()
  records.stop()
  uninstrument()
  prototype.request = original
  assert.equal(named(records.spans, 'tools/call add', 'client').length, 1)
})

const PLACES = [
  [own('./request.js'), 'attributesOf'],
  [own('./carrier.js'), 'contextIn'],
  [own('./carrier.js'), 'withContext'],
  [own('./size.js'), 'sizeOf'],
  [own('./sessions.js'), 'seen'],
  [own('./sessions.js'), 'closed'],
  [own('./outcome.js'), 'ofResult'],
  [own('./instruments.js'), 'histogram'],
]
for (const sdk of [SDKS[0], SDKS[3]]) {
  for (const [module, name] of PLACES) {
    test(`${sdk.label}: what fails in ${name} is counted, and the answer is the same`, async (t) => {
      await instrument({ from })
      const before = value('vigie_mcp_adapter_faults_total') ?? 0
      t.mock.method(module, name, () => {
        throw new Error('ours')
      })
      const { client, close } = await pair(sdk)
      const added = await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })
      const failed = await client.callTool({ name: 'fails', arguments: {} })
      await close()
      assert.deepEqual([added.content[0].text, failed.isError], ['3', true])
      assert.ok(value('vigie_mcp_adapter_faults_total') > before)
    })
  }
}

test('an answer that nobody waits for is told as ever', () => {
  const program = fileURLToPath(new URL('programs/unawaited.mjs', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' })
  assert.match(stderr, /Prompt nothing not found/)
  assert.equal(status, 1)
})

test('the handlers of a server are as they were after a request', async () => {
  await instrument({ from })
  for (const sdk of SDKS) {
    const { server, client, close } = await pair(sdk)
    await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })
    assert.deepEqual(Object.getOwnPropertyNames(server.server._requestHandlers), [])
    await close()
  }
})

for (const level of ['off', 'metadata', 'full']) {
  test(`with capture ${level} that much is recorded of what is asked`, async () => {
    await instrument({ from, capture: level, captureBytes: 40 })
    const records = capture()
    const { client, close } = await pair(SDKS[2])
    await client.callTool({ name: 'keeps', arguments: { note: 'n'.repeat(80), password: 'p4ss' } })
    await close()
    records.stop()
    await instrument({ from })
    const everything = records.lines.join('')
    assert.doesNotMatch(everything, /p4ss/)
    assert.equal(/nnnn/.test(everything), level === 'full')
    assert.equal(/NNNN/.test(everything), level === 'full')
    const [{ attributes }] = named(records.spans, 'tools/call keeps', 'server')
    assert.deepEqual(attributes['vigie.mcp.arguments.names'], level === 'off' ? undefined : ['note', 'password'])
    if (level === 'full') assert.equal(attributes['gen_ai.tool.call.arguments'].note, `${'n'.repeat(36)}…`)
  })
}

after(() => vigie.shutdown())
