// Logs by pino and ends: by an empty loop, by process.exit, by an error, or by a signal.
import pino from 'pino'
import * as vigie from 'vigie'
import { mixin, stream } from 'vigie/pino'

const [path, way, how, count] = process.argv.slice(2)
vigie.init({ service: 'shop', signals: true, outputs: [{ to: 'file', path }] })
const options = { name: 'shop', mixin }
const log = way === 'stream' ? pino(options, stream()) : pino({ ...options, transport: { target: 'vigie/pino' } })
vigie.withContext({ user_id: 'u' }, () => vigie.span('work', () => {
  for (let n = 0; n < Number(count); n++) log.info({ n }, 'line')
}))
if (how === 'exit') process.exit(3)
if (how === 'throw') throw new Error('on purpose')
if (how === 'signal') {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => {}, 10_000)
}
