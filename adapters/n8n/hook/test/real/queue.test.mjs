// Queue mode: a main process, two workers, and a redis of the tests' own.

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { farSide } from './far_side.mjs'
import { flows } from './flows.mjs'
import { N8n, prepared, REDIS, removed, skip, stored, until } from './n8n.mjs'
import { byName, shape } from './shape.mjs'

const without = skip || (hasRedis() ? false : 'no redis-server: the package redis-server of the system has it')

function hasRedis() {
  try {
    return execFileSync(REDIS, ['--version']).length > 0
  } catch {
    return false
  }
}

suite('queue mode', { skip: without }, () => {
  const [port, mainPort] = [randomInt(20_000, 40_000), randomInt(40_000, 60_000)]
  const env = { EXECUTIONS_MODE: 'queue', WEBHOOK_URL: `http://127.0.0.1:${mainPort}/`, QUEUE_BULL_REDIS_HOST: '127.0.0.1', QUEUE_BULL_REDIS_PORT: `${port}`, QUEUE_HEALTH_CHECK_ACTIVE: 'true' }
  let redis
  let far
  let folder
  let main
  let workers = []
  before(async () => {
    redis = spawn(REDIS, ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: 'ignore' })
    far = await farSide()
    folder = await prepared(flows(far.url, far.url))
    main = await N8n.started(folder, { env, port: mainPort })
    workers = [1, 2].map(() => {
      const health = randomInt(20_000, 60_000)
      return new N8n(folder, { env: { ...env, QUEUE_HEALTH_CHECK_PORT: `${health}` }, command: ['worker', '--concurrency=2'], port: health })
    })
    await Promise.all(workers.map((worker) => worker.ready('/healthz')))
  })
  after(async () => {
    await Promise.all([main, ...workers].map((one) => one?.stop('SIGKILL')))
    redis?.kill()
    far?.close()
    if (folder) removed(folder)
  })

  const all = () => [main, ...workers].flatMap((one) => one.spans())
  const ended = (workflow, count = 1) =>
    until(`${workflow} in a worker: ${workers.map(({ output }) => output.slice(-800))}`, () => {
      const lines = [main, ...workers].flatMap((one) => one.lines()).filter((line) => line.event === 'n8n.execution' && line['n8n.workflow.id'] === workflow)
      lines.sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
      return lines.length >= count && all().some(({ span_id }) => span_id === lines.at(-1).span_id) && lines
    }, 60)
  const trace = (id) => all().filter(({ trace_id }) => trace_id === id)

  test('one root an execution, below what put it into the queue', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const answer = await main.webhook('plain', { headers: { traceparent } })
    assert.equal(answer.status, 200)
    const lines = await ended('plain')
    assert.equal(lines.length, 1)
    const spans = trace('0af7651916cd43dd8448eb211c80319c')
    assert.deepEqual(shape(spans), ['queue flow plain', '  workflow flow plain', '    node Webhook', '    node First', '    node Second'])
    const queued = byName(spans, 'queue flow plain')
    assert.equal(queued.span_kind, 'producer')
    assert.equal(queued.parent_span_id, 'b7ad6b7169203331')
    assert.notEqual(queued.pid, byName(spans, 'workflow flow plain').pid)
    assert.ok(byName(spans, 'workflow flow plain').attributes['n8n.queue.wait'] >= 0)
  })

  test('both workers have their share, and each execution one root', async () => {
    await Promise.all(Array.from({ length: 12 }, () => main.webhook('retry')))
    const lines = await ended('retry', 12)
    const roots = all().filter(({ name }) => name === 'workflow flow retry')
    assert.equal(roots.length, 12)
    assert.equal(new Set(lines.map((line) => line['n8n.execution.id'])).size, 12)
    assert.equal(new Set(roots.map(({ pid }) => pid)).size, 2)
    assert.ok(roots.every((root) => all().some(({ span_id, name }) => span_id === root.parent_span_id && name === 'queue flow retry')))
  })

  test('an error workflow is queued again, in the trace of the failure', async () => {
    await main.webhook('fails')
    const [line] = await ended('fails')
    const [noted] = await ended('onerror')
    assert.equal(noted.trace_id, line.trace_id)
    // The worker that puts it into the queue hears of its end, too, whichever runs it.
    for (let more = 0; more < 5; more++) await main.webhook('fails')
    await ended('onerror', 6)
    assert.equal(all().filter(({ name }) => name === 'workflow flow onerror').length, 6)
    assert.deepEqual(shape(trace(line.trace_id)), [
      ...['queue flow fails', '  workflow flow fails (error)', '    node Webhook', '    node Stop (error)'],
      ...['    queue flow onerror', '      workflow flow onerror', '        node Failed', '        node Note'],
    ])
  })

  test('what waits is resumed by whichever worker', async () => {
    await main.webhook('wait')
    const [first] = await ended('wait')
    const { query } = await until('the address to resume at', () => far.seen.find(({ path }) => path === '/resume'))
    await until('the execution to be stored', () => stored(folder).some(({ id, status }) => id === first['n8n.execution.id'] && status === 'waiting'))
    await fetch(query.url)
    const [, second] = await ended('wait', 2)
    assert.equal(second.trace_id, first.trace_id)
    const again = all().find(({ span_id }) => span_id === second.span_id)
    assert.ok(again.links.some(({ span_id }) => span_id === first.span_id))
    assert.deepEqual(shape(trace(first.trace_id)), [
      ...['queue flow wait', '  workflow flow wait', '    node Webhook', '    node Tell', '    node Wait'],
      ...['    queue flow wait', '      workflow flow wait', '        node Wait', '        node Later'],
    ])
  })

  test('a worker that is killed leaves its execution as interrupted', async () => {
    await main.webhook('slow')
    const busy = await until('the worker that runs it', () => workers.find((worker) => worker.output.includes('Worker started execution') && worker.lines().some((line) => line.message?.startsWith('Worker started execution') && line['n8n.workflow.id'] === 'slow')))
    await new Promise((resolve) => setTimeout(resolve, 2500))
    await busy.stop('SIGKILL')
    // Whoever opens the file next writes what the killed process had open.
    execFileSync(process.execPath, ['-e', `
      const vigie = require(${JSON.stringify(new URL('../../node_modules/vigie/dist/cjs/index.js', import.meta.url).pathname)})
      vigie.init({ service: 'next', outputs: [{ to: 'file', path: ${JSON.stringify(busy.file)} }] })
      vigie.getLogger('next').info('opened')
      vigie.flushSync(5000)`])
    const left = await until('the interrupted span', () => busy.spans().find(({ name }) => name === 'workflow flow slow'), 10)
    assert.equal(left.attributes['vigie.interrupted'], true)
    assert.equal(left.status, 'error')
  })

  test('the wait in the queue is measured', async () => {
    await Promise.all(workers.map((worker) => worker.stop()))
    const waits = workers.flatMap((worker) => worker.lines()).filter(({ kind, name }) => kind === 'metric' && name === 'n8n.queue.wait')
    assert.ok(waits.reduce((sum, { count }) => sum + count, 0) > 5)
  })
})
