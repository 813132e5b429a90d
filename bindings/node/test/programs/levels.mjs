import assert from 'node:assert/strict'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import * as vigie from '../../dist/esm/index.js'

const config = { service: 'x', outputs: [{ to: 'memory' }] }
vigie.init(config)
const log = vigie.getLogger('a')
log.debug('not yet')
const path = JSON.stringify(fileURLToPath(new URL('../../dist/cjs/index.js', import.meta.url)))
const worker = new Worker(`require(${path}).reconfigure(${JSON.stringify({ ...config, level: 'debug' })})`, { eval: true })
await once(worker, 'exit')
log.info('now this thread hears of it')
await new Promise((resolve) => setImmediate(resolve))
log.debug('heard')
assert.equal(log.isEnabled('debug'), true)
console.log('changed')
