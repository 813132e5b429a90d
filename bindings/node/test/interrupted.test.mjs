// Spans that were open when the process was killed: the next one that opens the output finds them.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { checked, esm, linesOf, scratch } from './helper.mjs'

const VIGIE = esm

/** A process with this output that runs `code`; what it prints is `said`. */
function start(output, code) {
  const config = JSON.stringify({ service: 'shop', outputs: [output] })
  const program = `import * as vigie from ${JSON.stringify(VIGIE)}\nvigie.init(${config})\n${code}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.setEncoding('utf8')
  return child
}

async function end(child) {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Runs it until it says a word and `done` holds, and kills it then. */
async function killed(output, code, done) {
  const child = start(output, `${code}\nsetInterval(() => {}, 1000)\nprocess.stdout.write('ready')`)
  await once(child.stdout, 'data')
  await until(done)
  child.kill('SIGKILL')
  await end(child)
}

async function until(holds) {
  const due = Date.now() + 60_000
  while (!holds()) {
    assert.ok(Date.now() < due, String(holds))
    await sleep(20)
  }
}

const open = (path) => readdirSync(path).filter((name) => name.endsWith('.open'))
const noted = (path) => open(path).map((name) => readFileSync(join(path, name), 'utf8')).join('')

const LONG = `
const long = vigie.startSpan('long', { kind: 'server', attributes: { route: '/a', number: 1.5, list: [1, 'b'], deep: { a: true }, last: null } })
long.addEvent('begun')
vigie.withSpan(long, () => vigie.startSpan('below'))
vigie.span('short', () => {})
`

test('the next process writes a span that a killed one had open, as it was', async (t) => {
  const path = scratch(t)
  const output = { to: 'file', path: join(path, 'lines.jsonl') }
  await killed(output, LONG, () => open(path).length === 1)
  assert.deepEqual(linesOf(output.path).map((line) => line.name), ['short'])
  await end(start(output, ''))
  const [short, long, ...others] = linesOf(output.path)
  assert.deepEqual([short.name, long.name, others], ['short', 'long', []], 'the span below has a root in this process')
  assert.deepEqual(long.attributes, { route: '/a', number: 1.5, list: [1, 'b'], deep: { a: true }, last: null, 'vigie.interrupted': true })
  assert.deepEqual([long.status, long.span_kind, long.events[0].name], ['error', 'server', 'begun'])
  assert.ok(long.duration_ns >= 1e9, 'it ended with the last note')
  assert.deepEqual(open(path), [])
  await end(start(output, ''))
  assert.equal(linesOf(output.path).length, 2, 'once')
})

test('the mark is within the limit of attributes', async (t) => {
  const path = scratch(t)
  const output = { to: 'file', path: join(path, 'lines.jsonl') }
  const code = "const span = vigie.startSpan('full')\nfor (let i = 0; i < 1000; i++) span.setAttribute(`key${i}`, i)"
  await killed(output, code, () => open(path).length === 1)
  await end(start(output, ''))
  const [full] = linesOf(output.path)
  assert.equal(full.attributes['vigie.interrupted'], true)
})

test('what was said later is noted later, and a span that ended is not noted any more', async (t) => {
  const path = scratch(t)
  const output = { to: 'file', path: join(path, 'lines.jsonl') }
  const code = `
const ending = vigie.startSpan('ending')
const going = vigie.startSpan('going')
setTimeout(() => { going.setAttribute('step', 2); ending.end() }, 1500)
`
  await killed(output, code, () => noted(path).includes('"step":2') && !noted(path).includes('ending'))
  await end(start(output, ''))
  const found = linesOf(output.path).map((line) => [line.name, line.attributes?.['vigie.interrupted'] ?? false])
  assert.deepEqual(found, [['ending', false], ['going', true]])
})

test('nobody takes the notes of a process that lives, and none stay when all spans have ended', async (t) => {
  const path = scratch(t)
  const output = { to: 'file', path: join(path, 'lines.jsonl') }
  const child = start(output, `
const span = vigie.startSpan('one')
process.once('SIGUSR2', () => { span.end(); clearInterval(timer) })
const timer = setInterval(() => {}, 1000)
`)
  await until(() => open(path).length === 1)
  await end(start(output, ''))
  assert.deepEqual([open(path).length, linesOf(output.path)], [1, []])
  child.kill('SIGUSR2')
  await end(child)
  await end(start(output, ''))
  const [one, ...others] = linesOf(output.path)
  assert.deepEqual([one.name, one.status, others, open(path)], ['one', 'unset', [], []])
})

for (const leave of ['', 'span.end()', 'process.exit(3)', 'await vigie.shutdown()', 'span.end(); await vigie.shutdown()', 'span.end(); await vigie.flush(); process.kill(process.pid, "SIGKILL")']) {
  test(`a process that ends in good order leaves its span once: ${leave}`, async (t) => {
    const path = scratch(t)
    const output = { to: 'file', path: join(path, 'lines.jsonl') }
    const child = start(output, `
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
const span = vigie.startSpan('one')
while (!readdirSync(${JSON.stringify(path)}).some((name) => name.endsWith('.open'))) await sleep(20)
${leave}
`)
    await end(child)
    await end(start(output, ''))
    const ended = leave.startsWith('span.end()')
    const found = linesOf(output.path).map((line) => [line.name, line.attributes?.['vigie.interrupted'] ?? false])
    assert.deepEqual([found, open(path)], [[['one', !ended]], []])
  })
}

test('each environment of a process notes its own', async (t) => {
  const path = scratch(t)
  const output = { to: 'file', path: join(path, 'lines.jsonl') }
  const code = `
import { Worker } from 'node:worker_threads'
vigie.startSpan('main')
const source = ${JSON.stringify(`import * as vigie from ${JSON.stringify(VIGIE)}\nvigie.startSpan('worker')\nsetInterval(() => {}, 1000)`)}
new Worker(new URL('data:text/javascript,' + encodeURIComponent(source)))
`
  await killed(output, code, () => noted(path).includes('"main"') && noted(path).includes('"worker"'))
  await end(start(output, ''))
  assert.deepEqual(linesOf(output.path).map((line) => line.name).sort(), ['main', 'worker'])
})

test('with a spool the next process sends it', async (t) => {
  const path = scratch(t)
  const got = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => { body += piece })
    request.on('end', () => { got.push(body); response.end() })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const output = { to: 'http', url: `http://127.0.0.1:${server.address().port}/`, spool: join(path, 'spool'), signals: ['spans'] }
  const segments = () => { try { return readdirSync(output.spool) } catch { return [] } }
  await killed(output, "vigie.startSpan('long', { attributes: { a: 1 } })", () => segments().some((name) => name.endsWith('.spool')))
  const next = start(output, 'setInterval(() => {}, 1000)')
  await until(() => got.length > 0 && segments().length === 0)
  next.kill('SIGKILL')
  await end(next)
  const [line, ...others] = got.join('').split('\n').filter((text) => text !== '').map(checked)
  assert.deepEqual([line.name, line.attributes, others], ['long', { a: 1, 'vigie.interrupted': true }, []])
})
