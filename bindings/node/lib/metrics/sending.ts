// Measurements on their way to the core: what the changed cells have collected, in two typed arrays.
// Not for collecting it: see cells.ts.

import * as timers from 'node:timers'
import { binding } from '#native'
import { Measure } from '../batch/wire.js'
import { begin } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'

/** Kept from the beginning, because tests of users replace the timers of the process. */
const { setTimeout } = timers

/** A process that only measures sends what it has so often. */
const SEND_EVERY_MS = 200

/** A cell whose values have to be sent. */
export interface Cell {
  dirty: boolean
  /** Writes what was collected and begins anew. */
  send(out: Sending): void
}

/** What goes over in one call. */
export class Sending {
  private ints = new Int32Array(1024)
  private nums = new Float64Array(1024)
  private intCount = 0
  private numCount = 0
  private readonly cells: Cell[] = []
  private armed = false

  /** Notes that the cell has something to send. */
  mark(cell: Cell): void {
    if (!state.configured) begin()
    cell.dirty = true
    this.list(cell)
  }

  /** Has the cell send when the others do. */
  list(cell: Cell): void {
    this.cells.push(cell)
    if (this.armed) return
    this.armed = true
    setTimeout(sendLater, SEND_EVERY_MS).unref()
  }

  /** Makes room for a cell of so many numbers. */
  private room(count: number): void {
    if (this.intCount + 4 > this.ints.length) this.ints = grown(this.ints, new Int32Array(this.ints.length * 2))
    while (this.numCount + count > this.nums.length) this.nums = grown(this.nums, new Float64Array(this.nums.length * 2))
  }

  private put(what: Measure, slot: number, value: number): void {
    this.room(1)
    this.ints[this.intCount++] = what
    this.ints[this.intCount++] = slot
    this.nums[this.numCount++] = value
  }

  value(slot: number, value: number): void {
    this.put(Measure.VALUE, slot, value)
  }

  fractions(slot: number, value: number): void {
    this.put(Measure.FRACTIONS, slot, value)
  }

  raw(slot: number, value: number): void {
    this.put(Measure.RAW, slot, value)
  }

  more(slot: number, measurements: number): void {
    this.room(0)
    this.ints[this.intCount++] = Measure.MORE
    this.ints[this.intCount++] = slot
    this.ints[this.intCount++] = measurements
  }

  counts(slot: number, hasFractions: boolean, data: Float64Array): void {
    this.room(data.length)
    this.ints[this.intCount++] = Measure.COUNTS
    this.ints[this.intCount++] = slot
    this.ints[this.intCount++] = hasFractions ? 1 : 0
    this.ints[this.intCount++] = data.length
    this.nums.set(data, this.numCount)
    this.numCount += data.length
  }

  /** Sends every cell that has changed. */
  flush(): void {
    const { cells } = this
    this.armed = false
    for (const cell of cells) {
      cell.dirty = false
      cell.send(this)
    }
    cells.length = 0
    this.go()
  }

  /** Sends what was written so far. */
  go(): void {
    const { ints, intCount, nums, numCount } = this
    if (intCount === 0) return
    this.intCount = 0
    this.numCount = 0
    binding.measure(ints, intCount, nums, numCount)
  }
}

function grown<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from)
  return to
}

/** The one place that measurements are sent from. */
export const sending = new Sending()

function sendLater(): void {
  sending.flush()
}
