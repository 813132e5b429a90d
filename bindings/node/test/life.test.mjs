// The ends of a process and the hooks of telemetry: nothing is lost, nothing of Node's own behaviour changes.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { cjs, esm, linesOf, run, scratch } from './helper.mjs'

const numbers = (lines) => lines.filter((line) => line.logger === 'burst' && 'i' in line).map((line) => line.i)
const all = Array.from({ length: 10_000 }, (_, i) => i)
const withoutPlaces = (text) => text.replace(/(file:)?\S*\.mjs:\d+(:\d+)?/g, 'PLACE').replace(/^const \[.*$/gm, '').replace(/^.*PLACE\)?$/gm, '')

for (const how of ['return', 'exit', 'exit-later', 'exit-inside']) {
  test(`10 000 lines, then ${how}`, async (t) => {
    const path = join(scratch(t), 'out.jsonl')
    const { code, stderr } = await run(['burst.mjs', path, how])
    assert.deepEqual([code, stderr], [{ exit: 3, 'exit-later': 4, 'exit-inside': 5 }[how] ?? 0, ''])
    assert.deepEqual(numbers(linesOf(path)), all)
  })
}

for (const how of ['throw', 'reject']) {
  test(`10 000 lines, then ${how}: one FATAL record, Node's own message and exit code`, async (t) => {
    const path = join(scratch(t), 'out.jsonl')
    const ours = await run(['burst.mjs', path, how])
    const plain = await run(['plain-failure.mjs', path, how])
    assert.deepEqual([ours.code, ours.signal, ours.stdout], [plain.code, plain.signal, plain.stdout])
    const message = `TypeError: ${how === 'throw' ? 'thrown' : 'rejected'} at the end`
    assert.ok(ours.stderr.includes(message) && plain.stderr.includes(message))
    assert.equal(withoutPlaces(ours.stderr).split('\n').length, withoutPlaces(plain.stderr).split('\n').length)
    const found = linesOf(path)
    assert.deepEqual(numbers(found), all)
    const fatal = found.filter((line) => line.level === 'FATAL')
    assert.deepEqual(fatal.map((line) => [line.message, line.error.type]), [
      [how === 'throw' ? 'uncaught exception' : 'unhandled rejection', 'TypeError'],
    ])
    assert.equal(found.filter((line) => line.kind === 'metric').length, 1)
  })
}

test('a signal ends the process as ever; what was recorded a moment before is there', async (t) => {
  const path = join(scratch(t), 'out.jsonl')
  const { code, signal } = await run(['burst.mjs', path, 'sigterm'])
  assert.deepEqual([code, signal], [null, 'SIGTERM'])
  assert.deepEqual(numbers(linesOf(path)), all)
})

test('ERROR and what came before it is written when the call returns', async (t) => {
  const path = join(scratch(t), 'out.jsonl')
  const program = `import * as vigie from ${JSON.stringify(esm)}
    vigie.init({ service: 'x', outputs: [{ to: 'file', path: ${JSON.stringify(path)} }] })
    const log = vigie.getLogger('a')
    for (let i = 0; i < 500; i++) log.info('before', { i })
    log.error('now')
    process.kill(process.pid, 'SIGKILL')`
  const { signal } = await run(['--input-type=module', '-e', program])
  assert.equal(signal, 'SIGKILL')
  const found = linesOf(path)
  assert.deepEqual([found.length, found.at(-1).message], [501, 'now'])
})

test('what an exit handler records is there', async (t) => {
  const path = join(scratch(t), 'out.jsonl')
  await run(['burst.mjs', path, 'late', '10'])
  assert.equal(numbers(linesOf(path)).at(-1), -1)
})

test('an idle SDK does not keep the process', async (t) => {
  const { stdout, code } = await run(['idle.mjs', join(scratch(t), 'out.jsonl')])
  assert.equal(code, 0)
  assert.ok(!JSON.parse(stdout).includes('Timeout'), stdout)
})

test('loading does nothing: no thread, no hook, no environment', async () => {
  const program = `
    const before = require('fs').readdirSync('/proc/self/task').length
    const names = process.eventNames()
    const vigie = require(${JSON.stringify(cjs)})
    vigie.getLogger('a').bind({ a: 1 }); vigie.counter('c_total')
    const after = require('fs').readdirSync('/proc/self/task').length
    console.log(before === after, process.eventNames().length === names.length)`
  const { stdout, stderr } = await run(['-e', program], { env: { VIGIE_LEVEL: 'nonsense' } })
  assert.deepEqual([stdout, stderr], ['true true\n', ''])
})

test('first use without init: console, INFO, the script as service; the environment decides', async () => {
  const program = `import * as vigie from ${JSON.stringify(esm)}; const log = vigie.getLogger('a'); log.debug('d'); log.info('i')`
  const plain = await run(['--input-type=module', '-e', program])
  const lines = plain.stderr.trim().split('\n').map((line) => JSON.parse(line))
  assert.deepEqual(lines.map((line) => [line.message, line.service]), [['i', 'node']])
  const told = await run(['--input-type=module', '-e', program], { env: { VIGIE_LEVEL: 'debug', VIGIE_SERVICE: 'told' } })
  assert.deepEqual(told.stderr.trim().split('\n').map((line) => JSON.parse(line).service), ['told', 'told'])
  const wrong = await run(['--input-type=module', '-e', program], { env: { VIGIE_LEVEL: 'nonsense' } })
  assert.equal(wrong.code, 0)
  assert.equal(wrong.stderr.trim().split('\n').filter((line) => line.startsWith('vigie:')).length, 1)
  const disabled = await run(['--input-type=module', '-e', program], { env: { VIGIE_DISABLED: 'true' } })
  assert.deepEqual([disabled.stdout, disabled.stderr], ['', ''])
})

test('ESM and CommonJS are one', async (t) => {
  const path = join(scratch(t), 'out.jsonl')
  const program = `
    import { createRequire } from 'node:module'
    import * as first from ${JSON.stringify(esm)}
    const second = createRequire(import.meta.url)(${JSON.stringify(cjs)})
    first.init({ service: 'one', outputs: [{ to: 'file', path: ${JSON.stringify(path)} }] })
    first.withContext({ user_id: 'u' }, () => second.getLogger('b').info('m'))
    second.span('s', () => first.getLogger('c').info('n'))
    console.log(first.stats().outputs[0].accepted, first.getLogger === second.getLogger, first.ConfigError === second.ConfigError)`
  const { stdout } = await run(['--input-type=module', '-e', program])
  assert.equal(stdout, '3 true true\n')
  assert.deepEqual(linesOf(path).map((line) => line.user_id ?? line.span_id !== undefined), ['u', true, true])
})

test('the context that the environment hands over', async (t) => {
  const path = join(scratch(t), 'out.jsonl')
  const program = `import * as vigie from ${JSON.stringify(esm)}
    vigie.init({ service: 'x', outputs: [{ to: 'file', path: ${JSON.stringify(path)} }] })
    vigie.getLogger('a').info('m'); console.log(JSON.stringify(vigie.inject({})), vigie.currentContext().isRemote)`
  const env = { TRACEPARENT: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', TRACESTATE: 'a=1', BAGGAGE: 'k=v' }
  const { stdout } = await run(['--input-type=module', '-e', program], { env })
  assert.equal(stdout, '{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","tracestate":"a=1","baggage":"k=v"} true\n')
  assert.equal(linesOf(path)[0].trace_id, '0af7651916cd43dd8448eb211c80319c')
})

test('a missing native library is told with its cure', async () => {
  const { stderr, code } = await run(['-e', `require(${JSON.stringify(cjs)})`], { env: { VIGIE_NATIVE_LIB: '/no/such/library.so' } })
  assert.equal(code, 1)
  for (const part of ['native core could not be loaded', '/no/such/library.so', 'cargo build --release', 'VIGIE_NATIVE_LIB']) {
    assert.ok(stderr.includes(part), part)
  }
})
