// The batch in the making, and when it goes over to the core: by its size, its age, the turn of the event loop, an urgent record.
// Not for what stands in a batch: see columns.ts.

import * as timers from 'node:timers'
import { binding } from '#native'
import { follow, onChange } from '../runtime/changes.js'
import { state } from '../runtime/state.js'
import { Columns } from './columns.js'

/** Kept from the beginning, because tests of users replace the timers of the process. */
const { setImmediate } = timers

const BATCH_BYTES = 64 * 1024
const BATCH_AGE_US = 10_000

/** The batch in the making. */
const columns = new Columns(1)
/** For records that user code makes while another record is being written. */
const spare = new Columns(2)
let serial = 2
/** The process is leaving, so nothing may wait for the event loop any more. */
let exiting = false

onChange(() => {
  const slack = Math.max(512, 64 + 4 * state.settings.limits.attributes)
  for (const c of [columns, spare]) {
    c.slack = slack
    c.roomInts(0)
    c.roomNums(0)
  }
})

/** Begins a record on columns that nobody is writing to and that have room for it. Undefined when the record cannot be made. */
export function enter(): Columns | undefined {
  const c = columns.busy ? spare : columns
  if (c.busy) {
    state.lost++
    return undefined
  }
  // The stack was exhausted in the record before this one, so that not even the repair could be called there.
  if (c.open) c.heal(++serial)
  if (c.isFull()) handOver(c, false)
  return c
}

/** Ends a record: hands over a batch that is due. */
export function settle(c: Columns, time: number, urgent: boolean): void {
  const records = c.logs + c.spans
  try {
    if (urgent || exiting || c !== columns) {
      handOver(c, urgent || exiting)
    } else if (records === 1) {
      c.first = time
      if (!c.armed) arm(c)
    } else if (c.text.length + c.stackUnits + 4 * c.intCount + 8 * c.numCount > BATCH_BYTES || time - c.first > BATCH_AGE_US) {
      handOver(c, false)
    }
  } catch {
    // The stack is exhausted. The batch stays for the next occasion.
  }
}

/** The event loop hands the batch over when it turns. This keeps no process alive. */
function arm(c: Columns): void {
  setImmediate(turned, c)
  c.armed = true
}

function turned(c: Columns): void {
  c.armed = false
  if (!c.busy) handOver(c, false)
}

/** Gives everything to the core, which renders it on its own thread, or before this returns when it is `urgent`. */
function handOver(c: Columns, urgent: boolean): void {
  if (c.open) c.heal(++serial)
  const { text, ints, intCount, nums, numCount, logs, spans, stacks, stackUnits } = c
  if (logs + spans === 0) return c.reset(++serial)
  const epoch = binding.handover(text, ints, intCount, nums, numCount, logs, spans, urgent, stacks, stackUnits)
  c.reset(++serial)
  follow(epoch)
}

/** Hands over everything that was recorded so far, unless the caller is user code inside of a record. */
export function handOverAll(): void {
  if (!columns.busy) handOver(columns, false)
}

/** The process is leaving. */
export function leave(): void {
  exiting = true
  if (columns.busy) {
    // User code that a record called has called `process.exit`: the half record is given up, the ones before it are not.
    columns.busy = false
    handOver(columns, true)
  }
}

/** Columns that nobody is writing to, for a writer that takes out again what it wrote. */
export function borrow(): Columns {
  if (!columns.busy) return columns
  return spare.busy ? new Columns(0) : spare
}

/** Tells the core what `put` writes of records that are open, in the place of what it was told before. Never throws. */
export function noteOpen(put: (c: Columns) => void): void {
  try {
    const c = new Columns(++serial)
    c.slack = columns.slack
    c.busy = true
    put(c)
    binding.noteOpen(c.text, c.ints, c.intCount, c.nums, c.numCount, c.logs, c.spans, false, c.stacks, c.stackUnits)
  } catch {
    // What was noted before stays until the next time.
  }
}
