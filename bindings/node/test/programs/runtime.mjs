// Stands for the runtime of AWS Lambda: calls a handler, hands its result on, and is frozen there and then.
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import * as vigie from '../../dist/esm/index.js'

const [, , url, scene, settings = '{}'] = process.argv
vigie.init({ service: 'shop', outputs: [{ to: 'otlp', url, protocol: 'json' }], ...JSON.parse(settings) })
const log = vigie.getLogger('shop')
const orders = vigie.counter('orders_total')

const answer = (value) => writeSync(1, `${JSON.stringify(value)}\n`)
const freeze = () => process.kill(process.pid, 'SIGSTOP')
const contextOf = (ms) => {
  const end = performance.now() + ms
  return { awsRequestId: 'r', functionName: 'shop', getRemainingTimeInMillis: () => Math.max(0, end - performance.now()) }
}
const work = () => {
  for (let n = 0; n < 20; n++) vigie.span('step', () => log.info('n {n}', { n }))
  orders.add(1)
}
const timed = async (call) => {
  const start = performance.now()
  await call()
  answer(performance.now() - start)
}

const handlers = {
  promise: async (event) => {
    work()
    await sleep(1)
    return event
  },
  callback: (event, _context, callback) => {
    work()
    setTimeout(() => callback(null, event), 1)
  },
  rejecting: async () => {
    work()
    throw new Error('no stock')
  },
  throwing: () => {
    work()
    throw new Error('no stock')
  },
}

/** One invocation as the runtime makes it. Whatever it comes to, it freezes before anything else runs. */
const invoke = (handler, event) => new Promise((resolve) => {
  const done = (result) => {
    answer(result)
    freeze()
    resolve()
  }
  try {
    const result = handler(event, contextOf(10_000), (error, value) => done(error === null ? value : event))
    if (typeof result?.then === 'function') result.then(done, () => done(event))
  } catch {
    done(event)
  }
})

const scenes = {
  async budgets() {
    const wrapped = (budgetMs) => vigie.wrapHandler(async () => log.info('on its way'), { budgetMs })
    await timed(() => wrapped(300)({}, contextOf(60_000)))
    await timed(() => vigie.wrapHandler(handlers.promise)({}, contextOf(1000)))
    await timed(() => vigie.wrapHandler(handlers.promise)({}, undefined))
    await timed(() => new Promise((resolve) => vigie.wrapHandler(handlers.callback, { budgetMs: 60_000 })({}, contextOf(1000), resolve)))
    await timed(async () => answer(await vigie.flush(200)))
    await timed(() => answer(vigie.flushSync(200)))
  },
  async pool() {
    // All threads of the pool wait for something else, so that a flush does not even begin.
    const { pbkdf2 } = await import('node:crypto')
    for (let n = 0; n < 8; n++) pbkdf2('a', 'b', 20_000_000, 64, 'sha512', () => {})
    await timed(() => vigie.wrapHandler(handlers.promise, { budgetMs: 300 })({}, contextOf(10_000)))
    process.kill(process.pid, 'SIGKILL')
  },
  async timeout() {
    await vigie.wrapHandler(async () => {
      log.info('begun')
      answer('begun')
      await sleep(60_000)
    })({}, contextOf(1500))
  },
  async retries() {
    log.info('kept')
    orders.add(1)
    await vigie.flush(100)
    answer('on')
    await sleep(60_000)
  },
  async deadline() {
    log.info('kept')
    answer('on')
    answer(await vigie.flush(2000))
  },
  async end() {
    await vigie.wrapHandler(handlers.promise)({}, contextOf(10_000))
    log.info('behind')
    answer('on')
    freeze()
    await sleep(60_000)
  },
}

if (Object.hasOwn(scenes, scene)) await scenes[scene]()
else {
  const handler = vigie.wrapHandler(handlers[scene])
  await invoke(handler, { n: 1 })
  await invoke(handler, { n: 2 })
}
