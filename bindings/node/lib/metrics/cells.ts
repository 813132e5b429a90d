// Where measurements wait for the core: one cell of numbers for each series, which sends what was added since the last time.
// Not for finding the cell of a series: see series.ts.

import { Histogram, InstrumentKind } from '../batch/wire.js'
import { begin } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import { type Cell, type Sending, sending } from './sending.js'

/** Up to here a sum of whole numbers is exact. */
const EXACT = Number.MAX_SAFE_INTEGER

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
    private readonly kind: InstrumentKind,
  ) {}

  /** Adds to a sum. Whole numbers of usual size take the short way. */
  add(amount: number): void {
    if (typeof amount !== 'number') return this.now(amount)
    const sum = this.sum + amount
    if ((amount | 0) === amount && (amount >= 0 || this.kind === InstrumentKind.UP_DOWN) && sum <= EXACT && sum >= -EXACT) {
      this.sum = sum
      if (!this.dirty) sending.mark(this)
    } else this.addUnusual(amount)
  }

  private addUnusual(amount: number): void {
    if (!Number.isFinite(amount) || (amount < 0 && this.kind === InstrumentKind.COUNTER)) {
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

  /** Sets a last value. What is no number is refused and counted, and the value before stays. */
  set(value: number): void {
    if (typeof value !== 'number' && typeof value !== 'bigint') {
      state.refused++
      return
    }
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.now(value)
    if (this.isSet && !this.hasFractions && !Number.isSafeInteger(this.sum)) {
      // A series that has seen a fraction prints as a double for good, so the core has to see the one that is overwritten here.
      this.hasFractions = true
      sending.value(this.slot, this.sum)
    }
    this.sum = value
    this.isSet = true
    if (!this.dirty) sending.mark(this)
  }

  /** Sends a value that the core has to judge, and before it everything that came earlier. */
  private now(value: unknown): void {
    if (!state.configured) begin()
    // Without anything to send no zero may be sent: a refused value alone makes no series.
    if (this.dirty) this.send(sending)
    sending.raw(this.slot, asNumber(value))
    sending.go()
  }

  send(out: Sending): void {
    if (this.kind === InstrumentKind.GAUGE) {
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
