import * as vigie from '../../dist/esm/index.js'

vigie.init({ service: 'idle', outputs: [{ to: 'file', path: process.argv[2] }] })
vigie.getLogger('a').info('once')
vigie.counter('c_total').add(1)
vigie.gauge('g', { callback: () => 1 })
const end = performance.now()
process.on('exit', () => process.stdout.write(String(performance.now() - end)))
