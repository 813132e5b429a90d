// Logs by winston and ends: by an empty loop, by process.exit, by an error, or by a signal.
import * as vigie from 'vigie'
import { Transport } from 'vigie/winston'
import winston from 'winston'

const [path, how, count, handles] = process.argv.slice(2)
vigie.init({ service: 'shop', signals: true, outputs: [{ to: 'file', path }] })
const log = winston.createLogger({ transports: [new Transport({ handleExceptions: handles === 'handle' })] })
for (let n = 0; n < Number(count); n++) log.info('line', { n })
if (how === 'exit') process.exit(3)
if (how === 'throw') throw new Error('on purpose')
if (how === 'signal') {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => {}, 10_000)
}
