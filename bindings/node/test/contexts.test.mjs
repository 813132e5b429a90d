// The context of a record wherever code runs: the parent that it had, or none, and never another one.
import assert from 'node:assert/strict'
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { execFile, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readFile } from 'node:fs'
import { createServer, connect } from 'node:net'
import { Readable, Transform, pipeline } from 'node:stream'
import { after, test } from 'node:test'
import { setTimeout as later } from 'node:timers/promises'
import { MessageChannel, Worker } from 'node:worker_threads'
import * as vigie from '../dist/esm/index.js'
import { captured, esm } from './helper.mjs'

vigie.init({ service: 'contexts', outputs: [{ to: 'null' }] })

const log = vigie.getLogger('a')
const note = () => log.info('m')

/** What runs elsewhere. Each gets the function that writes the record, in a context, and resolves when it was called. */
const KEPT = {
  'a promise': async (run) => { await null; run() },
  'many promises': async (run) => { for (let n = 0; n < 50; n++) await null; run() },
  'a thenable of the program\'s own': (run) => new Promise((resolve) => { Promise.resolve({ then: (done) => { run(); done() } }).then(resolve) }),
  'setTimeout': (run) => new Promise((resolve) => setTimeout(() => { run(); resolve() }, 2)),
  'setInterval': (run) => new Promise((resolve) => { const timer = setInterval(() => { clearInterval(timer); run(); resolve() }, 1) }),
  'setImmediate': (run) => new Promise((resolve) => setImmediate(() => { run(); resolve() })),
  'nextTick': (run) => new Promise((resolve) => process.nextTick(() => { run(); resolve() })),
  'queueMicrotask': (run) => new Promise((resolve) => queueMicrotask(() => { run(); resolve() })),
  'a callback of fs': (run) => new Promise((resolve) => readFile(new URL(import.meta.url), () => { run(); resolve() })),
  'a process that is started': (run) => new Promise((resolve) => execFile(process.execPath, ['-e', '0'], () => { run(); resolve() })),
  'an event that is emitted here': async (run) => { const emitter = new EventEmitter().on('e', run); await later(1); emitter.emit('e') },
  'an event that is waited for': async (run) => { const emitter = new EventEmitter(); setTimeout(() => emitter.emit('e'), 1); await once(emitter, 'e'); run() },
  'a stream': async (run) => { for await (const _ of Readable.from([1, 2])) void _; run() },
  'a pipeline': (run) => new Promise((resolve) => pipeline(Readable.from(['a']), new Transform({ transform: (chunk, _, done) => done(null, chunk) }), async function* (source) { for await (const _ of source) void _; yield '' }, () => { run(); resolve() }).resume?.()),
  'an abort': (run) => new Promise((resolve) => { AbortSignal.timeout(2).addEventListener('abort', () => { run(); resolve() }); setTimeout(() => {}, 10) }),
  'an AsyncResource that was made here': async (run) => { const resource = new AsyncResource('x'); await outside(() => later(1)); resource.runInAsyncScope(run) },
  'a snapshot that was taken here': (run) => { const within = AsyncLocalStorage.snapshot?.() ?? ((fn) => fn()); return outside(() => later(1).then(() => within(run))) },
  'a generator': async (run) => { function* steps() { yield 1; run() } for (const _ of steps()) void _ },
  'a generator that another task goes on with': async (run) => { async function* steps() { yield 1; run() } const it = steps(); await it.next(); await Promise.all([it.next(), later(1)]) },
  'a finally of what was given up': async (run) => { await Promise.race([later(2).finally(run), later(1)]); await later(5) },
  'a listener of an emitter that is bound': async (run) => { const emitter = vigie.bindEmitter(new EventEmitter()).on('e', run); await outside(async () => { await later(1); emitter.emit('e') }) },
  'a listener that is bound and called once': async (run) => { const emitter = vigie.bindEmitter(new EventEmitter()); emitter.once('e', run); await outside(async () => { emitter.emit('e'); emitter.emit('e') }) },
  'a worker\'s message to an emitter that is bound': async (run) => {
    const worker = vigie.bindEmitter(shared())
    await new Promise((resolve) => { worker.once('message', () => { run(); resolve() }); worker.postMessage('echo') })
  },
  'a server\'s connection, by what the caller sent': async (run) => {
    const server = await listening((socket) => socket.once('data', (data) => { vigie.extract(JSON.parse(data), run); socket.end() }))
    const socket = connect(server.address().port).end(JSON.stringify(vigie.inject({})))
    await once(socket.resume(), 'close')
    server.close()
  },
  'a worker, by what was sent along': async (run) => {
    const answer = await new Promise((resolve) => { const worker = new Worker(SPAN_IN_WORKER, { eval: true, workerData: vigie.inject({}) }); worker.once('message', resolve) })
    assert.equal(answer, vigie.currentContext().traceId)
    run()
  },
}

/** Runs `fn` where nothing of the context is. */
const outside = (fn) => new AsyncLocalStorage().exit(() => root.runInAsyncScope(fn))
const root = new AsyncResource('outside')

let worker
after(() => worker?.terminate())
/** A worker that many share. */
function shared() {
  worker ??= new Worker("const { parentPort } = require('node:worker_threads'); parentPort.on('message', (m) => parentPort.postMessage(m))", { eval: true })
  return worker
}

const SPAN_IN_WORKER = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(${JSON.stringify(esm)}).then((vigie) => parentPort.postMessage(vigie.extract(workerData, () => vigie.currentContext().traceId)))`

async function listening(listener) {
  const server = createServer(listener).listen(0)
  await once(server, 'listening')
  return server
}

/** Everything at once, three times over, so that a context that leaks shows. */
for (const [what, work] of Object.entries(KEPT)) {
  test(`the context is kept: ${what}`, async () => {
    const all = await captured(vigie, () => Promise.all([1, 2, 3].map((n) => vigie.withContext({ n }, () => vigie.span('work', async (span) => {
      await work(() => log.info('m', { own: n, span: span.context.spanId, trace: span.context.traceId }))
    })))))
    const logs = all.filter(({ kind }) => kind === undefined)
    assert.equal(logs.length, 3)
    for (const line of logs) {
      assert.equal(line.trace_id, line.trace)
      // Over a socket the caller's span is the parent, and attributes do not travel.
      if (what.startsWith('a server')) assert.equal(line.span_id, line.span)
      else assert.deepEqual([line.n, line.span_id], [line.own, line.span])
    }
  })
}

/** What belongs to nobody who is current: none is right. */
const NONE = {
  'a listener of an emitter that is not bound, in the context of who emits': async () => {
    const emitter = new EventEmitter()
    vigie.withContext({ n: 1 }, () => emitter.on('e', note))
    emitter.emit('e')
  },
  'a listener that is bound outside of everything': async () => {
    const emitter = vigie.bindEmitter(new EventEmitter()).on('e', note)
    vigie.withContext({ n: 1 }, () => emitter.emit('e'))
  },
  'a message on a port that was made outside': async () => {
    const { port1, port2 } = new MessageChannel()
    const got = new Promise((resolve) => port2.on('message', () => { note(); resolve() }))
    vigie.withContext({ n: 1 }, () => port1.postMessage('x'))
    await got
    port1.close()
  },
  'after the function has returned': async () => { await vigie.withContext({ n: 1 }, () => later(1)); note() },
  'after it has thrown': async () => { try { vigie.withContext({ n: 1 }, () => { throw new Error('x') }) } catch { note() } },
  'a process of its own': async () => {
    const child = vigie.withContext({ n: 1 }, () => spawn(process.execPath, ['-e', '0']))
    await once(child, 'close')
    note()
  },
}

for (const [what, work] of Object.entries(NONE)) {
  test(`no context: ${what}`, async () => {
    const all = await captured(vigie, work)
    assert.deepEqual(all.map(({ message, n, span_id }) => [message, n, span_id]), [['m', undefined, undefined]])
  })
}

test('an emitter that is bound: listeners are found, removed, and have their `this`', () => {
  const emitter = new EventEmitter()
  assert.equal(vigie.bindEmitter(emitter), emitter)
  vigie.bindEmitter(emitter)
  const seen = []
  const listener = function (...args) { seen.push([this === emitter, ...args]) }
  emitter.on('e', listener).prependListener('e', listener).prependOnceListener('e', listener)
  assert.deepEqual([emitter.listeners('e').length, emitter.listeners('e').every((one) => one === listener)], [3, true])
  emitter.emit('e', 1, 2)
  assert.deepEqual(seen, Array(3).fill([true, 1, 2]))
  emitter.off('e', listener).off('e', listener)
  assert.equal(emitter.emit('e'), false)
  assert.throws(() => vigie.bindEmitter({}), /needs an EventEmitter/)
})
