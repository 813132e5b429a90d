// Waits in the main thread and in a worker until the level of a logger has changed: by a control folder, or by the worker.
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import * as vigie from '../../dist/esm/index.js'

const { path, control } = isMainThread ? { path: process.argv[2], control: process.argv[3] } : workerData
const log = vigie.getLogger('shop.cart')

async function seen(by) {
  // Records below the level are all that there is.
  for (const end = Date.now() + 30_000; Date.now() < end && !log.isEnabled('debug'); ) {
    log.debug('not yet')
    await wait(20)
  }
  log.debug(`seen by ${by}`)
  await vigie.flush()
}

if (isMainThread) {
  vigie.init({ service: 'shop', outputs: [{ to: 'file', path }], ...(control === undefined ? {} : { control }) })
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { path, control } })
  const ended = new Promise((resolve) => worker.on('exit', resolve))
  await seen('main')
  await ended
} else {
  vigie.init({ service: 'shop', outputs: [{ to: 'file', path }], ...(control === undefined ? {} : { control }) })
  if (control === undefined) {
    await wait(200)
    vigie.setLevel('debug', 'shop')
  }
  await seen('worker')
}
