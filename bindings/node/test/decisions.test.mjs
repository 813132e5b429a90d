// What the decisions promise of a Node process and no vector can show: when things happen, and to whom.
// Not for bytes: the conformance vectors show those.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { cjs, esm, lines, linesOf, run, scratch } from './helper.mjs'

const outputs = (path) => JSON.stringify([{ to: 'file', path }])

/** A module in a process of its own, with `vigie` and the path of its file at hand. */
async function play(t, source, { env = {}, file = join(scratch(t), 'out.jsonl') } = {}) {
  const head = `const vigie = await import(${JSON.stringify(esm)}); const file = ${JSON.stringify(file)};
    const { readFileSync, existsSync, readdirSync } = await import('node:fs'); const assert = (await import('node:assert/strict')).default;
    const written = () => existsSync(file) ? readFileSync(file, 'utf8').split('\\n').length - 1 : 0\n`
  const done = await run(['--input-type=module', '-e', head + source], { env })
  return { ...done, file }
}

test('creating loggers and instruments is not use, and nothing is installed before it', async (t) => {
  const done = await play(t, `
    const count = () => process.eventNames().map((name) => [name, process.listenerCount(name)]).join()
    const before = count()
    const log = vigie.getLogger('x').bind({ a: 1 })
    const counter = vigie.counter('c_total')
    assert.equal(count(), before)
    process.env.VIGIE_SERVICE = 'late'
    process.env.VIGIE_OUTPUTS = ${JSON.stringify('OUTPUTS')}.replace('OUTPUTS', JSON.stringify([{ to: 'file', path: file }]))
    assert.ok(!existsSync(file))
    log.info('first use')
    await vigie.flush()
    assert.equal(JSON.parse(readFileSync(file, 'utf8')).service, 'late')
  `)
  assert.equal(done.code, 0, done.stderr)
})

test('signals are left alone', async (t) => {
  const done = await play(t, `
    vigie.init({ outputs: [{ to: 'file', path: file }] })
    vigie.getLogger('x').info('a')
    await vigie.flush()
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE']) assert.equal(process.listenerCount(name), 0, name)
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => process.exit(3), 5000)
  `)
  assert.equal(done.signal, 'SIGTERM', done.stderr)
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  test(`with the setting, ${signal} writes what is queued and ends the process as ever`, async (t) => {
    const done = await play(t, `
      vigie.init({ signals: true, outputs: [{ to: 'file', path: file }] })
      process.on('exit', () => { throw new Error('this is no exit') })
      setTimeout(() => {
        process.kill(process.pid, '${signal}')
        for (let i = 0; i < 500; i++) vigie.getLogger('x').info('late', { i })
        setTimeout(() => process.exit(3), 5000)
      }, 10)
    `)
    assert.deepEqual([done.code, done.signal, done.stderr], [null, signal, ''])
    assert.equal(linesOf(done.file).length, 500)
  })
}

test('with the setting, a program that listens to a signal itself decides', async (t) => {
  const done = await play(t, `
    vigie.init({ signals: true, outputs: [{ to: 'file', path: file }] })
    vigie.reconfigure({ outputs: [{ to: 'file', path: file }] })
    assert.equal(process.listenerCount('SIGTERM'), 0)
    vigie.reconfigure({ signals: true, outputs: [{ to: 'file', path: file }] })
    vigie.reconfigure({ signals: true, level: 'debug', outputs: [{ to: 'file', path: file }] })
    assert.equal(process.listenerCount('SIGTERM'), 1)
    process.on('SIGTERM', () => setTimeout(() => { vigie.getLogger('x').info('last'); process.exit(7) }, 20))
    setTimeout(() => { process.kill(process.pid, 'SIGTERM'); vigie.getLogger('x').info('first') }, 10)
    setTimeout(() => process.exit(3), 5000)
  `)
  assert.deepEqual([done.code, done.signal, done.stderr], [7, null, ''])
  assert.deepEqual(linesOf(done.file).map((record) => record.message), ['first', 'last'])
})

test('an error is in the file when the call returns, with everything before it', async (t) => {
  const done = await play(t, `
    vigie.init({ outputs: [{ to: 'file', path: file }] })
    const log = vigie.getLogger('x')
    for (let n = 1; n <= 10; n++) {
      log.info('before'); log.error('bad', new Error('x'))
      assert.equal(written(), 2 * n)
    }
    log.fatal('end')
    assert.equal(written(), 21)
  `)
  assert.equal(done.code, 0, done.stderr)
})

test('a record needs no flush: the batch goes over when the loop turns', async (t) => {
  const done = await play(t, `
    vigie.init({ outputs: [{ to: 'file', path: file, delivery: 'write_through' }] })
    vigie.getLogger('x').info('a')
    const end = Date.now() + 5000
    while (written() === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(written(), 1)
  `)
  assert.equal(done.code, 0, done.stderr)
})

test('stats() counts what is still in the batch', async (t) => {
  const done = await play(t, `
    vigie.init({ outputs: [{ to: 'file', path: file }] })
    vigie.getLogger('x').info('a')
    vigie.startSpan('s').end()
    assert.equal(vigie.stats().outputs[0].accepted, 2)
    await vigie.flush()
    assert.equal(vigie.stats().outputs[0].delivered, 2)
  `)
  assert.equal(done.code, 0, done.stderr)
})

test('an uncaught error leaves one FATAL record, and the host goes on as it would', async (t) => {
  const done = await play(t, `
    vigie.init({ outputs: [{ to: 'file', path: file }] })
    vigie.getLogger('x').info('before')
    setTimeout(() => { throw new TypeError('nobody caught me') })
  `)
  assert.notEqual(done.code, 0)
  assert.match(done.stderr, /TypeError: nobody caught me/)
  const records = linesOf(done.file)
  assert.deepEqual(records.map((record) => record.level), ['INFO', 'FATAL'])
  assert.equal(records[1].error.type, 'TypeError')
  assert.equal(records[1].error.message, 'nobody caught me')
})

test('an error that the program handles itself does not end it', async (t) => {
  const done = await play(t, `
    vigie.init({ outputs: [{ to: 'file', path: file }] })
    process.on('uncaughtException', () => { vigie.getLogger('x').info('handled') })
    setTimeout(() => { throw new Error('handled by the host') })
  `)
  assert.equal(done.code, 0, done.stderr)
  assert.deepEqual(linesOf(done.file).map((record) => record.level), ['FATAL', 'INFO'])
})

test('ESM and CJS are one telemetry', async (t) => {
  const done = await play(t, `
    const { createRequire } = await import('node:module')
    const other = createRequire(${JSON.stringify(esm)})(${JSON.stringify(cjs)})
    vigie.init({ service: 'one', outputs: [{ to: 'file', path: file }] })
    await vigie.withContext({ user_id: 'u-7' }, async () => {
      other.getLogger('x').info('from the other')
    })
    other.counter('c_total').add(1)
    vigie.counter('c_total').add(2)
    await other.shutdown()
  `)
  assert.equal(done.code, 0, done.stderr)
  const [log, metric] = linesOf(done.file)
  assert.equal(log.service, 'one')
  assert.equal(log.user_id, 'u-7')
  assert.equal(metric.value, 3)
})

test('the context is read when the call is made, across awaits, timers and interleaved tasks', async (t) => {
  const done = await play(t, `
    vigie.init({ outputs: [{ to: 'file', path: file }] })
    const log = vigie.getLogger('x')
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    const task = (n) => vigie.withContext({ request_id: n }, async () => {
      await sleep(5 - n)
      await vigie.span('task', { n }, async () => { await sleep(n); log.info('inside', { n }) })
      await Promise.resolve()
      log.info('after', { n })
    })
    await Promise.all([1, 2, 3, 4].map(task))
    log.info('outside')
    await vigie.shutdown()
  `)
  assert.equal(done.code, 0, done.stderr)
  const records = linesOf(done.file)
  const logs = records.filter((record) => record.kind === undefined)
  assert.equal(logs.length, 9)
  for (const record of logs.filter((record) => record.message !== 'outside')) assert.equal(record.request_id, record.n)
  for (const record of logs.filter((record) => record.message === 'inside')) {
    const span = records.find((other) => other.kind === 'span' && other.span_id === record.span_id)
    assert.equal(span.attributes.n, record.n)
    assert.equal(span.request_id, record.n)
  }
  assert.equal(logs.find((record) => record.message === 'outside').request_id, undefined)
})

test('with nothing configured the console alone gets the logs, as JSON where it is no terminal', async (t) => {
  const done = await play(t, `
    vigie.getLogger('x').debug('too little')
    vigie.getLogger('x').info('enough')
    vigie.startSpan('s').end()
    vigie.counter('c_total').add(1)
    await vigie.shutdown()
  `)
  assert.equal(done.code, 0, done.stderr)
  const records = lines(done.stderr)
  assert.deepEqual(records.map((record) => record.message), ['enough'])
  assert.ok(!existsSync(done.file))
})

test('the environment carries a trace into the process', async (t) => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const done = await play(t, `
    vigie.getLogger('x').info('first use reads it')
    await vigie.shutdown()
  `, { env: { TRACEPARENT: traceparent } })
  assert.equal(lines(done.stderr)[0].trace_id, traceparent.slice(3, 35))
})

test('worker threads have their own loggers and one output', async (t) => {
  const done = await play(t, `
    const { Worker } = await import('node:worker_threads')
    vigie.init({ outputs: [{ to: 'file', path: file }] })
    vigie.getLogger('main').info('from the main thread')
    const source = "import(" + JSON.stringify(${JSON.stringify(esm)}) + ").then(async (vigie) => { vigie.getLogger('worker').info('from a worker'); await vigie.flush() })"
    const worker = new Worker(source, { eval: true })
    const code = await new Promise((resolve, reject) => { worker.on('exit', resolve); worker.on('error', reject) })
    assert.equal(code, 0)
    await vigie.shutdown()
  `)
  assert.equal(done.code, 0, done.stderr)
  assert.deepEqual(linesOf(done.file).map((record) => record.logger).sort(), ['main', 'worker'])
  assert.ok(readFileSync(done.file, 'utf8').endsWith('\n'))
})
