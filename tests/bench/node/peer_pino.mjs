// pino: writing synchronously, and through its transport thread.
import { once } from 'node:events'

import * as varied from './varied.mjs'
import { BOUND, LOGGER, MESSAGE, linesOnDisk, peer, sink } from './workloads.mjs'

export async function makeCase(workload, variant) {
  const pino = peer('pino')
  const threaded = variant === 'transport'
  const destination = threaded
    ? pino.transport({ target: 'pino/file', options: { destination: sink(workload), append: false } })
    : pino.destination({ dest: sink(workload), sync: true, append: false })
  if (threaded) await once(destination, 'ready')
  const options = { base: BOUND, messageKey: 'message' }
  // By default it writes milliseconds as a number, which is cheaper than the text that others write.
  if (variant === 'iso') options.timestamp = pino.stdTimeFunctions.isoTime
  // By default it joins the messages and the stacks of an error and its cause to one text each, in which the cause has no type of its own.
  if (workload === 'L1v') options.serializers = { err: pino.stdSerializers.errWithCause }
  const log = pino(options, destination).child({ logger: LOGGER })
  const info = (count) => {
    for (let i = 0; i < count; i++) {
      log.info({ method: 'GET', route: '/cart/items', status: 200, bytes: i, duration_ms: 12.75, cached: true }, MESSAGE)
    }
  }
  const debug = (count) => {
    for (let i = 0; i < count; i++) {
      log.debug({ method: 'GET', route: '/cart/items', status: 200, bytes: i, duration_ms: 12.75, cached: true }, MESSAGE)
    }
  }
  const error = varied.declined()
  const rich = (count) => {
    for (let i = 0; i < count; i++) {
      const client = { ip: '2001:db8::17', agent: varied.AGENT }
      const request = { order_id: varied.ORDER_ID, client }
      const { CUSTOMER: customer, NOTE: note, PLACED_AT: placed_at } = varied
      log.info({ customer, note, request, placed_at, items: i, err: error }, varied.MESSAGE)
    }
  }
  if (workload === 'L0') return { run: debug }
  if (workload === 'L1v') return { run: rich, flush: () => destination.flushSync() }
  return { run: info, flush: () => destination.flushSync(), exported: workload === 'L1f' ? linesOnDisk : undefined }
}
