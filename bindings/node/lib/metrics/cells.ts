// Where measurements wait for the core: one cell of numbers for each series, which sends what was added since the last time.
// Not for finding the cell of a series: see series.ts.

import { binding } from '#native'
import { Histogram, InstrumentKind } from '../batch/wire.js'
import { onChange } from '../runtime/changes.js'
import { begin } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import { type Cell, type Sending, sending } from './sending.js'

/** Up to here a sum of whole numbers is exact. */
const EXACT = Number.MAX_SAFE_INTEGER

/** Goes up when the settings change: what belongs to the overflow series is asked anew then. */
let era = 1

onChange(() => {
  era++
})

/** A sum or a last value. */
export class NumberCell implements Cell {
  dirty = false
  private sum = 0
  private fractions = 0
  private hasFractions = false
  /** A last value that was not sent yet. */
  private isSet = false
  private era = 0
  /** Whether the series is the one for all beyond the limit, of which the core counts the measurements. */
  private isOverflow = false
  /** How many measurements of the overflow series wait. */
  private waiting = 0

  constructor(
    private readonly slot: number,
    private readonly kind: InstrumentKind,
  ) {}

  /** Adds to a sum. Whole numbers of usual size take the short way. */
  add(amount: number): void {
    if (typeof amount !== 'number') return this.now(amount)
    const sum = this.sum + amount
    if ((amount | 0) === amount && (amount >= 0 || this.kind === InstrumentKind.UP_DOWN) && sum <= EXACT && sum >= -EXACT) {
      this.sum = sum
      if (!this.dirty) this.mark()
    } else this.addUnusual(amount)
  }

  private addUnusual(amount: number): void {
    if (!Number.isFinite(amount) || (amount < 0 && this.kind === InstrumentKind.COUNTER)) {
      this.now(amount)
    } else if (!Number.isInteger(amount)) {
      this.fractions += amount
      this.hasFractions = true
      if (!this.dirty) this.mark()
    } else if (Number.isSafeInteger(this.sum + amount)) {
      this.sum += amount
      if (!this.dirty) this.mark()
    } else this.now(amount)
  }

  /** Sets a last value. What is no number is refused and counted, and the value before stays. */
  set(value: number): void {
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      if (!state.configured) begin()
      binding.countInvalidMeasurement()
      return
    }
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.now(value)
    if (this.isSet && !this.hasFractions && !Number.isSafeInteger(this.sum)) {
      // A series that has seen a fraction prints as a double for good, so the core has to see the one that is overwritten here.
      this.hasFractions = true
      sending.value(this.slot, this.sum)
      if (this.isOverflow) this.waiting--
    }
    this.sum = value
    this.isSet = true
    if (!this.dirty) this.mark()
  }

  /** Sends a value that the core has to judge, and before it everything that came earlier. */
  private now(value: unknown): void {
    if (!state.configured) begin()
    // Without anything to send no zero may be sent: a refused value alone makes no series.
    if (this.dirty || this.waiting > 0) this.send(sending)
    sending.raw(this.slot, asNumber(value))
    sending.go()
  }

  /** A cell of the overflow series never counts as dirty, so that each of its measurements comes here. */
  private mark(): void {
    if (!state.configured) begin()
    if (this.era !== era) {
      this.era = era
      this.isOverflow = binding.isOverflow(this.slot)
    }
    if (!this.isOverflow) sending.mark(this)
    else if (this.waiting++ === 0) sending.list(this)
  }

  send(out: Sending): void {
    const { waiting } = this
    this.waiting = 0
    if (!this.isOverflow) this.put(out)
    else if (waiting > 0) out.more(this.slot, waiting - this.put(out))
  }

  /** Writes what was collected, in so many parts. */
  private put(out: Sending): number {
    if (this.kind === InstrumentKind.GAUGE) {
      const parts = this.isSet ? 1 : 0
      if (this.isSet) out.value(this.slot, this.sum)
      this.isSet = false
      return parts
    }
    const isWhole = this.sum !== 0 || !this.hasFractions
    if (isWhole) out.value(this.slot, this.sum)
    if (this.hasFractions) out.fractions(this.slot, this.fractions)
    const parts = Number(isWhole) + Number(this.hasFractions)
    this.sum = 0
    this.fractions = 0
    this.hasFractions = false
    return parts
  }
}

/** The number for the core. It refuses and counts NaN, which stands for what is no number. */
function asNumber(value: unknown): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN
}

/** A distribution. */
export class HistogramCell implements Cell {
  dirty = false
  private hasFractions = false
  /** The doubles as they are sent. */
  private readonly data: Float64Array

  constructor(
    private readonly slot: number,
    private readonly bounds: Float64Array,
  ) {
    this.data = new Float64Array(Histogram.BUCKETS + bounds.length + 1)
    this.clear()
  }

  record(value: number): void {
    if (typeof value !== 'number' || value - value !== 0) return this.now(value)
    const { bounds, data } = this
    const sum = (data[Histogram.SUM] as number) + value
    if (sum > EXACT || sum < -EXACT) return this.large(value)
    const { length } = bounds
    let bucket = 0
    while (bucket < length && value > (bounds[bucket] as number)) bucket++
    data[Histogram.BUCKETS + bucket]! += 1
    data[Histogram.SUM] = sum
    if (value < (data[Histogram.MIN] as number)) data[Histogram.MIN] = value
    if (value > (data[Histogram.MAX] as number)) data[Histogram.MAX] = value
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
    this.data[Histogram.MIN] = Number.POSITIVE_INFINITY
    this.data[Histogram.MAX] = Number.NEGATIVE_INFINITY
    this.hasFractions = false
  }
}
