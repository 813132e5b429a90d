// Records so many lines, then ends in the way that is asked for.
import * as vigie from '../../dist/esm/index.js'

const [path, how, count = '10000'] = process.argv.slice(2)
vigie.init({ service: 'burst', outputs: [{ to: 'file', path }] })
const log = vigie.getLogger('burst')
for (let i = 0; i < Number(count); i++) log.info('line {i}', { i, text: 'some text', ok: true })
vigie.counter('bursts_total').add(1)

if (how === 'exit') process.exit(3)
if (how === 'throw') setImmediate(() => { throw new TypeError('thrown at the end') })
if (how === 'reject') Promise.reject(new TypeError('rejected at the end'))
if (how === 'exit-later') setTimeout(() => process.exit(4), 5)
if (how === 'sigterm') setTimeout(() => process.kill(process.pid, 'SIGTERM'), 200)
if (how === 'late') process.on('exit', () => log.info('in an exit handler', { i: -1 }))
if (how === 'exit-inside') log.info('never finished', { get a() { process.exit(5) } })
