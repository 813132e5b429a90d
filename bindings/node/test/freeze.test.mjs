// Functions that are frozen and killed, and servers that do not answer: real processes in the place of a runtime.
// Not for what is recorded of an invocation: see serverless.test.mjs.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import { here } from './helper.mjs'

// Whether a process has stopped is read from /proc.
const options = { skip: process.platform === 'linux' ? false : 'Linux tells whether a process has stopped' }
/** What a busy machine may add to a time that a process keeps. */
const SLACK_MS = 2000

/** A server that keeps what it is sent, and answers with `status` or, while it hangs, not at all. */
async function farSide(t) {
  const side = { status: 200, hangs: false, requests: [], url: '' }
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part) => { text += part })
    request.on('end', () => {
      side.requests.push({ at: performance.now(), path: request.url, body: JSON.parse(text) })
      if (!side.hangs) response.writeHead(side.status, { 'retry-after': '1', 'content-length': '0' }).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  side.url = `http://127.0.0.1:${server.address().port}`
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const items = (path, resource, scope, key) => side.requests.filter((request) => request.path === path)
    .flatMap(({ body }) => body[resource]).flatMap((one) => one[scope]).flatMap((one) => one[key])
  side.logs = () => items('/v1/logs', 'resourceLogs', 'scopeLogs', 'logRecords').map((record) => record.body.stringValue)
  side.spans = () => items('/v1/traces', 'resourceSpans', 'scopeSpans', 'spans')
  side.counts = () => items('/v1/metrics', 'resourceMetrics', 'scopeMetrics', 'metrics').flatMap((metric) => metric.sum.dataPoints).map((point) => Number(point.asInt))
  return side
}

/** The runtime in a process of its own; `next` is the next line that it prints. */
function started(t, side, scene, settings = {}) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VIGIE_|OTEL_|TRACE|BAGGAGE|NODE_TEST)/.test(name)))
  const child = spawn(process.execPath, [join(here, 'programs', 'runtime.mjs'), side.url, scene, JSON.stringify(settings)], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => JSON.parse((await lines.next()).value)
  return { child, next }
}

async function until(what) {
  const start = performance.now()
  while (!what()) {
    assert.ok(performance.now() - start < 20_000)
    await sleep(10)
  }
}

const untilStopped = (child) => until(() => readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1][0] === 'T')

const steps = Array.from({ length: 20 }, (_, n) => `n ${n}`)
const times = (n, list) => Array.from({ length: n }, () => list).flat().sort()

for (const style of ['promise', 'callback', 'rejecting', 'throwing']) {
  test(`all that an invocation recorded has arrived when it is frozen: ${style}`, options, async (t) => {
    const side = await farSide(t)
    const { child, next } = started(t, side, style)
    for (const n of [1, 2]) {
      assert.deepEqual(await next(), { n })
      await untilStopped(child)
      assert.deepEqual(side.logs().sort(), times(n, steps))
      assert.deepEqual(side.spans().map((span) => span.name).sort(), times(n, ['shop', ...steps.map(() => 'step')]))
      assert.equal(side.counts().at(-1), n)
      if (n === 1) child.kill('SIGCONT')
    }
    child.kill('SIGKILL')
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL'])
  })
}

test('a server that does not answer costs the budget and no more', options, async (t) => {
  const side = await farSide(t)
  side.hangs = true
  const { next } = started(t, side, 'budgets')
  // The budget; the time that is left, less a tenth of a second; two seconds where nobody says what is left.
  for (const expected of [300, 900, 2000, 900]) {
    const took = await next()
    assert.ok(took >= expected - 50 && took < expected + SLACK_MS, `${took} of ${expected}`)
  }
  for (const _ of ['flush', 'flushSync']) {
    assert.equal(await next(), false, 'a flush says that not everything arrived')
    assert.ok(await next() < 200 + SLACK_MS)
  }
})

test('threads that are busy with something else cost no more than the budget', options, async (t) => {
  const { next } = started(t, await farSide(t), 'pool')
  const took = await next()
  assert.ok(took >= 250 && took < 300 + SLACK_MS, `${took}`)
})

test('a timeout is told before the runtime kills', options, async (t) => {
  const side = await farSide(t)
  const { child, next } = started(t, side, 'timeout')
  assert.equal(await next(), 'begun')
  await sleep(1500)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const [first, second] = side.logs()
  assert.equal(first, 'begun')
  assert.match(second, /^the invocation still runs and has \d+ ms left$/)
  const [span] = side.spans()
  assert.deepEqual(span.status, { message: 'the invocation was about to time out', code: 2 })
  assert.deepEqual(span.attributes.find(({ key }) => key === 'vigie.interrupted')?.value, { boolValue: true })
})

test('after a freeze each output tries once, and then waits as it was asked', options, async (t) => {
  const side = await farSide(t)
  side.status = 503
  const { child, next } = started(t, side, 'retries', { metrics: { every: '100ms' } })
  assert.equal(await next(), 'on')
  await until(() => new Set(side.requests.map((request) => request.path)).size === 2)
  child.kill('SIGSTOP')
  await untilStopped(child)
  await sleep(3000)
  const continued = performance.now()
  child.kill('SIGCONT')
  await sleep(900)
  const soon = side.requests.filter(({ at }) => at >= continued && at < continued + 900)
  assert.deepEqual(soon.map((request) => request.path).sort(), ['/v1/logs', '/v1/metrics'])
  side.status = 200
  await until(() => side.logs().at(-1) === 'kept' && side.counts().length > 0)
})

test('the time of a freeze counts', options, async (t) => {
  const side = await farSide(t)
  side.hangs = true
  const { child, next } = started(t, side, 'deadline')
  assert.equal(await next(), 'on')
  await until(() => side.requests.length === 1)
  child.kill('SIGSTOP')
  await untilStopped(child)
  await sleep(2500)
  const continued = performance.now()
  child.kill('SIGCONT')
  assert.equal(await next(), false)
  assert.ok(performance.now() - continued < 1000)
})

test('the end of an environment takes less than half a second', options, async (t) => {
  const side = await farSide(t)
  const { child, next } = started(t, side, 'end', { signals: true })
  assert.equal(await next(), 'on')
  await untilStopped(child)
  const start = performance.now()
  child.kill('SIGTERM')
  child.kill('SIGCONT')
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGTERM'])
  assert.ok(performance.now() - start < 500)
  assert.equal(side.logs().at(-1), 'behind')
})
