// Where measurements wait for the core: one cell of numbers for each series, sent as what was added since.
// Not for finding a series: see lib/series.ts.

import * as timers from 'node:timers'
import { binding } from '#native'
import { begin } from './lifecycle.js'
import { state } from './state.js'

/** Kept from the beginning: tests of users replace the timers of the process. */
const { setTimeout } = timers

/** Kinds of instruments, as the core numbers them here. */
export const COUNTER = 0
export const UP_DOWN = 1
export const GAUGE = 2
export const HISTOGRAM = 3

/** What is sent for a cell: added or last value; a sum of fractions; what a histogram counted; one value as it was given. */
const VALUE = 0
const FRACTIONS = 1
const COUNTS = 2
const RAW = 3

/** Sums stay exact below it. */
const EXACT = Number.MAX_SAFE_INTEGER
/** A process that only measures sends what it has so often. */
const SEND_EVERY_MS = 200

/** A cell whose values have to be sent. */
export interface Cell {
  dirty: boolean
  /** Writes what was collected, and begins anew. */
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

  /** The cell has something to send. */
  mark(cell: Cell): void {
    if (!state.configured) begin()
    cell.dirty = true
    this.cells.push(cell)
    if (this.armed) return
    this.armed = true
    setTimeout(sendLater, SEND_EVERY_MS).unref()
  }

  /** Room for a cell of so many numbers. */
  private room(count: number): void {
    if (this.intCount + 4 > this.ints.length) this.ints = grown(this.ints, new Int32Array(this.ints.length * 2))
    while (this.numCount + count > this.nums.length) this.nums = grown(this.nums, new Float64Array(this.nums.length * 2))
  }

  private put(what: number, slot: number, value: number): void {
    this.room(1)
    this.ints[this.intCount++] = what
    this.ints[this.intCount++] = slot
    this.nums[this.numCount++] = value
  }

  value(slot: number, value: number): void {
    this.put(VALUE, slot, value)
  }

  fractions(slot: number, value: number): void {
    this.put(FRACTIONS, slot, value)
  }

  raw(slot: number, value: number): void {
    this.put(RAW, slot, value)
  }

  counts(slot: number, hasFractions: boolean, data: Float64Array): void {
    this.room(data.length)
    this.ints[this.intCount++] = COUNTS
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

/** A sum or a last value. */
export class NumberCell implements Cell {
  dirty = false
  private sum = 0
  private fractions = 0
  private hasFractions = false
  /** A last value that was not sent yet. */
  private isSet = false

  constructor(
    private readonly slot: number,
    private readonly kind: number,
  ) {}

  /** Adds to a sum. Whole numbers of usual size take the short way. */
  add(amount: number): void {
    if (typeof amount !== 'number') return this.now(amount)
    const sum = this.sum + amount
    if ((amount | 0) === amount && (amount >= 0 || this.kind === UP_DOWN) && sum <= EXACT && sum >= -EXACT) {
      this.sum = sum
      if (!this.dirty) sending.mark(this)
    } else this.addUnusual(amount)
  }

  private addUnusual(amount: number): void {
    if (!Number.isFinite(amount) || (amount < 0 && this.kind === COUNTER)) {
      this.now(amount)
    } else if (!Number.isInteger(amount)) {
      this.fractions += amount
      this.hasFractions = true
      if (!this.dirty) sending.mark(this)
    } else if (Number.isSafeInteger(this.sum + amount)) {
      this.sum += amount
      if (!this.dirty) sending.mark(this)
    } else this.now(amount)
  }

  /** Sets a last value. */
  set(value: number): void {
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.now(value)
    if (this.isSet && !this.hasFractions && !Number.isSafeInteger(this.sum)) {
      // What has seen a fraction prints as a double for good, so the core has to see one, also one that is overwritten.
      this.hasFractions = true
      sending.value(this.slot, this.sum)
    }
    this.sum = value
    this.isSet = true
    if (!this.dirty) sending.mark(this)
  }

  /** A value that the core has to judge, behind everything before it. */
  private now(value: unknown): void {
    if (!state.configured) begin()
    // Nothing to send is not a zero: a refused value alone makes no series.
    if (this.dirty) this.send(sending)
    sending.raw(this.slot, asNumber(value))
    sending.go()
  }

  send(out: Sending): void {
    if (this.kind === GAUGE) {
      if (this.isSet) out.value(this.slot, this.sum)
      this.isSet = false
      return
    }
    if (this.sum !== 0 || !this.hasFractions) out.value(this.slot, this.sum)
    if (this.hasFractions) out.fractions(this.slot, this.fractions)
    this.sum = 0
    this.fractions = 0
    this.hasFractions = false
  }
}

/** What is no number is one to the core that it refuses and counts. */
function asNumber(value: unknown): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN
}

const SUM = 0
const MIN = 1
const MAX = 2
const FIRST = 3

/** A distribution. */
export class HistogramCell implements Cell {
  dirty = false
  private hasFractions = false
  /** Sum, smallest, largest, then values per bucket. */
  private readonly data: Float64Array

  constructor(
    private readonly slot: number,
    private readonly bounds: Float64Array,
  ) {
    this.data = new Float64Array(FIRST + bounds.length + 1)
    this.clear()
  }

  record(value: number): void {
    if (typeof value !== 'number' || value - value !== 0) return this.now(value)
    const { bounds, data } = this
    const sum = (data[SUM] as number) + value
    if (sum > EXACT || sum < -EXACT) return this.large(value)
    const { length } = bounds
    let bucket = 0
    while (bucket < length && value > (bounds[bucket] as number)) bucket++
    data[FIRST + bucket]! += 1
    data[SUM] = sum
    if (value < (data[MIN] as number)) data[MIN] = value
    if (value > (data[MAX] as number)) data[MAX] = value
    if ((value | 0) !== value && !Number.isInteger(value)) this.hasFractions = true
    if (!this.dirty) sending.mark(this)
  }

  /** A double could not hold the sum any more: the core adds integers exactly. */
  private large(value: number): void {
    if (this.dirty) this.send(sending)
    this.now(value)
  }

  private now(value: unknown): void {
    if (!state.configured) begin()
    sending.raw(this.slot, asNumber(value))
    sending.go()
  }

  send(out: Sending): void {
    out.counts(this.slot, this.hasFractions, this.data)
    this.clear()
  }

  private clear(): void {
    this.data.fill(0)
    this.data[MIN] = Number.POSITIVE_INFINITY
    this.data[MAX] = Number.NEGATIVE_INFINITY
    this.hasFractions = false
  }
}
