// Logs without end; tells on stdout which line a flush has acknowledged.
import { writeSync } from 'node:fs'
import * as vigie from '../../dist/esm/index.js'

vigie.init({ service: 'kill', outputs: [{ to: 'file', path: process.argv[2] }] })
const log = vigie.getLogger('kill')
const first = Number(process.argv[3])
for (let i = first; ; i++) {
  log.info('line', { i, text: 'x'.repeat(i % 300) })
  if (i % 50 === 0) {
    const reached = i
    if (await vigie.flush(5000)) writeSync(1, `${reached}\n`)
  } else if (i % 7 === 0) await null
}
