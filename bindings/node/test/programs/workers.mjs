// Telemetry in the main thread and in worker threads, all into one file.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import * as vigie from '../../dist/esm/index.js'

const [path, mode, count = '8'] = process.argv.slice(2)
const self = fileURLToPath(import.meta.url)
const start = (data) => new Worker(self, { workerData: data, argv: [path, mode, count] })
const config = { service: 'workers', outputs: [{ to: 'file', path: isMainThread ? path : workerData.path }] }

async function finishing(total) {
  if (mode !== 'only') {
    vigie.init(config)
    vigie.getLogger('main').info('main', { i: 0 })
  }
  for (let done = 0; done < total; done += 8) {
    await Promise.all(Array.from({ length: Math.min(8, total - done) }, async (_, k) => {
      const worker = start({ path, number: done + k })
      const [code] = await once(worker, 'exit')
      assert.equal(code, 0)
    }))
  }
}

async function terminated(total) {
  vigie.init(config)
  for (let done = 0; done < total; done++) {
    const worker = start({ path, number: done, forever: true })
    await once(worker, 'message')
    await worker.terminate()
  }
  vigie.getLogger('main').info('survived')
}

if (!isMainThread) {
  vigie.init(config)
  const log = vigie.getLogger('worker')
  const { number, forever } = workerData
  for (let i = 0; i < 100; i++) log.info('in a worker', { number, i })
  vigie.counter('workers_total').add(1)
  if (forever) {
    // Still waiting in Node's pool, or for this thread, when the worker is terminated.
    for (let i = 0; i < 8; i++) void vigie.flush(1000)
    parentPort.postMessage('running')
    for (let i = 0; ; i++) log.info('without end', { i })
  }
} else if (mode === 'terminate') await terminated(Number(count))
else await finishing(Number(count))
if (isMainThread && mode === 'count') console.log(vigie.metricsText(), process.memoryUsage.rss())
