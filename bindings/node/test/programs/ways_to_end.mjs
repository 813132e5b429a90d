// Records, and ends in the way that its second argument names; the first one is the path of the file.
import * as vigie from 'vigie'

const [path, how] = process.argv.slice(2)
vigie.init({ service: 'shop', outputs: [{ to: 'file', path }] })
const log = vigie.getLogger('end')
for (let n = 0; n < 1000; n++) log.info('line', { n })
const ways = {
  nothing() {},
  exit() { process.exit(3) },
  throw() { throw new Error('thrown') },
  kill() { log.error('urgent'); process.kill(process.pid, 'SIGKILL') },
  later() { setTimeout(() => log.info('later'), 50) },
}
ways[how]()
