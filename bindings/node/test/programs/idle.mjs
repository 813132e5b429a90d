import * as vigie from '../../dist/esm/index.js'

vigie.init({ service: 'idle', outputs: [{ to: 'file', path: process.argv[2] }] })
vigie.getLogger('a').info('once')
vigie.counter('c_total').add(1)
vigie.gauge('g', { callback: () => 1 })
// What keeps the process now. A timer would do so until it fires, and an interval for ever.
process.stdout.write(JSON.stringify(process.getActiveResourcesInfo()))
// One that is kept ends all the same, by another code.
setTimeout(() => process.exit(9), 30_000).unref()
