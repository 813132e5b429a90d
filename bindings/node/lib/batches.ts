// When a batch goes over to the core: its size, its age, the turn of the event loop, an urgent record.
// Not for what stands in a batch.

import * as timers from 'node:timers'
import { binding } from '#native'
import type { Columns } from './columns.js'
import { refresh } from './lifecycle.js'
import { state } from './state.js'

/** Kept from the beginning: tests of users replace the timers of the process. */
const { setImmediate } = timers

const BATCH_BYTES = 64 * 1024
const BATCH_AGE_US = 10_000

/** Begins a record: on columns that nobody is writing to, with room for it. Undefined: it cannot be made. */
export function enter(): Columns | undefined {
  const c = state.columns.busy ? state.spare : state.columns
  if (c.busy) {
    state.lost++
    return undefined
  }
  // The stack was exhausted in the record before: not even the repair could be called there.
  if (c.open) c.heal(state.nextSerial())
  if (c.isFull()) handOver(c, false)
  return c
}

/** Called behind each record: hands over a batch that is due. */
export function settle(c: Columns, time: number, urgent: boolean): void {
  const records = c.logs + c.spans
  try {
    if (urgent || state.exiting || c !== state.columns) {
      handOver(c, urgent || state.exiting)
    } else if (records === 1) {
      c.first = time
      if (!c.armed) arm(c)
    } else if (c.text.length + 4 * c.intCount + 8 * c.numCount > BATCH_BYTES || time - c.first > BATCH_AGE_US) {
      handOver(c, false)
    }
  } catch {
    // The stack is exhausted; the batch stays for the next occasion.
  }
}

/** The event loop hands the batch over when it turns; this keeps no process alive. */
function arm(c: Columns): void {
  setImmediate(turned, c)
  c.armed = true
}

function turned(c: Columns): void {
  c.armed = false
  if (!c.busy) handOver(c, false)
}

/** Gives everything to the core, which renders it on its own thread; `urgent`: before this returns. */
export function handOver(c: Columns, urgent: boolean): void {
  if (c.open) c.heal(state.nextSerial())
  let { epoch } = state
  if (c.logs + c.spans > 0) {
    epoch = binding.handover(c.text, c.ints, c.intCount, c.nums, c.numCount, c.logs, c.spans, urgent)
  }
  c.reset(state.nextSerial())
  if (epoch !== state.epoch) refresh()
}

/** Everything that was recorded so far, unless the caller is user code inside of a record. */
export function handOverAll(): void {
  if (!state.columns.busy) handOver(state.columns, false)
}
