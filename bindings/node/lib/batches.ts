// When a batch goes over to the core: its size, its age, the turn of the event loop, an urgent record.
// Not for what stands in a batch.

import { setImmediate } from 'node:timers'
import { binding } from '#native'
import type { Columns } from './columns.js'
import { refresh } from './lifecycle.js'
import { state } from './state.js'

const BATCH_BYTES = 64 * 1024
const BATCH_AGE_US = 10_000

/** Called behind each record: hands over a batch that is due. */
export function settle(c: Columns, time: number, urgent: boolean): void {
  const records = c.logs + c.spans
  if (urgent || state.exiting || c !== state.columns) {
    handOver(c, urgent || state.exiting)
  } else if (records === 1) {
    c.first = time
    if (!c.armed) arm(c)
  } else if (c.text.length + 4 * c.intCount + 8 * c.numCount > BATCH_BYTES || time - c.first > BATCH_AGE_US) {
    handOver(c, false)
  }
}

/** The event loop hands the batch over when it turns; this keeps no process alive. */
function arm(c: Columns): void {
  c.armed = true
  setImmediate(turned, c)
}

function turned(c: Columns): void {
  c.armed = false
  if (!c.busy) handOver(c, false)
}

/** Gives everything to the core, which renders it on its own thread; `urgent`: before this returns. */
export function handOver(c: Columns, urgent: boolean): void {
  const { text, ints, intCount, nums, numCount, logs, spans } = c
  c.reset(state.nextSerial())
  if (logs + spans === 0) return
  const epoch = binding.handover(text, ints, intCount, nums, numCount, logs, spans, urgent)
  if (epoch !== state.epoch) refresh()
}

/** Everything that was recorded so far, unless the caller is user code inside of a record. */
export function handOverAll(): void {
  if (!state.columns.busy) handOver(state.columns, false)
}
