// winston: its JSON format and timestamp to a stream of its own.
import fs from 'node:fs'

import { BOUND, LOGGER, MESSAGE, linesOnDisk, peer, sink } from './workloads.mjs'

/** Operations after which the stream is waited for: winston buffers without a bound. */
const PORTION = 1000

export async function makeCase(workload) {
  const winston = peer('winston')
  const stream = fs.createWriteStream(sink(workload))
  const { combine, timestamp, json } = winston.format
  const log = winston.createLogger({
    level: 'info',
    format: combine(timestamp(), json()),
    defaultMeta: { ...BOUND, logger: LOGGER },
    transports: [new winston.transports.Stream({ stream })],
  })
  const flush = () => new Promise((resolve) => stream.write('', resolve))
  const info = async (count) => {
    for (let i = 0; i < count; i++) {
      log.info(MESSAGE, { method: 'GET', route: '/cart/items', status: 200, bytes: i, duration_ms: 12.75, cached: true })
      if (i % PORTION === PORTION - 1) await flush()
    }
  }
  const debug = (count) => {
    for (let i = 0; i < count; i++) {
      log.debug(MESSAGE, { method: 'GET', route: '/cart/items', status: 200, bytes: i, duration_ms: 12.75, cached: true })
    }
  }
  if (workload === 'L0') return { run: debug }
  return { run: info, flush, exported: workload === 'L1f' ? linesOnDisk : undefined }
}
