import assert from 'node:assert/strict'
import * as vigie from '../../dist/esm/index.js'

const log = vigie.getLogger('a')
vigie.init({ service: 'x', outputs: [{ to: 'memory' }] })
const orders = vigie.counter('orders_total')
orders.add(5)
log.info('first')
const { info } = log
info('without its logger')
vigie.gauge('level').set('high')
const books = () => [vigie.stats().lost, vigie.stats().invalid_measurements]
assert.deepEqual(books(), [1, 1])
assert.equal(await vigie.shutdown(), true)
assert.equal(await vigie.shutdown(), true)
log.info('late')
orders.add(1)
assert.deepEqual(vigie.stats().outputs[0].dropped, { shutdown: 1 })
vigie.init({ service: 'y', outputs: [{ to: 'console', signals: ['logs'] }] })
log.info('anew')
assert.deepEqual(books(), [0, 0])
orders.add(2)
assert.match(vigie.metricsText(), /orders_total 2\n/)
await vigie.shutdown()
