// Counters, up-down counters, gauges and histograms as users hold them.
// Not for what they count: see cells.ts.

import { types } from 'node:util'
import { binding } from '#native'
import { InstrumentKind } from '../batch/wire.js'
import { monotonic } from '../runtime/clock.js'
import { needed } from '../runtime/calls.js'
import { ConfigError, setUp } from '../runtime/config_error.js'
import type {
  Attributes, BoundCounter, BoundGauge, BoundHistogram, Counter, Gauge, GaugeOptions, Histogram, HistogramOptions,
  InstrumentOptions, UpDownCounter,
} from '../types.js'
import { nameText } from '../values/describe.js'
import { watch } from '../values/promises.js'
import { HistogramCell, NumberCell } from './cells.js'
import { observeWith } from './observe.js'
import { Series } from './series.js'

/** An instrument of any kind. */
type Instrument = SumImpl | GaugeImpl | HistogramImpl

class SumImpl implements Counter, UpDownCounter {
  private readonly series: Series<NumberCell>

  constructor(number: number, kind: InstrumentKind) {
    this.series = new Series(number, (slot) => new NumberCell(slot, kind))
  }

  add(amount: number, attributes?: Attributes): void {
    this.series.find(attributes).add(amount)
  }

  bind(attributes: Attributes): BoundCounter {
    return this.series.find(attributes)
  }
}

class GaugeImpl implements Gauge {
  private readonly series: Series<NumberCell>

  constructor(number: number) {
    this.series = new Series(number, (slot) => new NumberCell(slot, InstrumentKind.GAUGE))
  }

  set(value: number, attributes?: Attributes): void {
    this.series.find(attributes).set(value)
  }

  bind(attributes: Attributes): BoundGauge {
    return this.series.find(attributes)
  }
}

class HistogramImpl implements Histogram {
  private readonly series: Series<TimedCell>

  constructor(number: number, perMs: number) {
    const bounds = binding.bounds(number)
    this.series = new Series(number, (slot) => new TimedCell(slot, bounds, perMs))
  }

  record(value: number, attributes?: Attributes): void {
    this.series.find(attributes).record(value)
  }

  time<T>(a: Attributes | (() => T), b?: () => T): T {
    return typeof a === 'function' ? this.series.find(undefined).time(a) : this.series.find(a).time(b as () => T)
  }

  bind(attributes: Attributes): BoundHistogram {
    return this.series.find(attributes)
  }
}

/** A cell that can also watch the clock. */
class TimedCell extends HistogramCell {
  constructor(
    slot: number,
    bounds: Float64Array,
    private readonly perMs: number,
  ) {
    super(slot, bounds)
  }

  time<T>(fn: () => T): T {
    const run = needed<() => T>(fn, 'histogram.time(attributes, fn)', 'histogram.record(value) takes a time that was measured already')
    const start = monotonic()
    const stop = (): void => this.record((monotonic() - start) * this.perMs)
    let result: T
    try {
      result = run()
    } catch (error) {
      stop()
      throw error
    }
    if (!watch(result, stop, stop)) stop()
    return result
  }
}

/** Instruments by kind, name and options. */
const instruments = new Map<string, Instrument>()

function refuse(key: string, given: unknown, accepted: string): never {
  const value = nameText(given)
  throw new ConfigError(`${key}: ${value}; accepted: ${accepted}`, [{ key, value, accepted }])
}

/** Registers an instrument with the core, which checks name and options. The same instrument again is the same object. */
function instrument<I extends Instrument>(
  kind: InstrumentKind,
  name: string,
  options: HistogramOptions | undefined,
  make: (number: number) => I,
): I {
  const { unit = '', description = '', buckets } = options ?? {}
  if (typeof name !== 'string') refuse('name of the instrument', name, 'a text')
  if (buckets !== undefined && !Array.isArray(buckets)) refuse(`${name}.buckets`, buckets, 'a list of numbers')
  const bounds = buckets === undefined ? null : Float64Array.from(buckets, (bound) => (typeof bound === 'number' ? bound : Number.NaN))
  const texts = [name, nameText(unit), nameText(description)] as const
  const number = setUp(() => binding.instrument(kind, ...texts, bounds))
  // After `shutdown` and a new start a name may stand for something else.
  const key = [kind, name, unit, buckets].join(' ')
  const known = instruments.get(key)
  if (known !== undefined) return known as I
  const made = make(number)
  instruments.set(key, made)
  return made
}

/** A sum that only grows. Throws a `ConfigError` when the name is malformed or belongs to another kind of instrument. */
export function counter(name: string, options?: InstrumentOptions): Counter {
  return instrument(InstrumentKind.COUNTER, name, options, (number) => new SumImpl(number, InstrumentKind.COUNTER))
}

/** A sum that grows and shrinks. Throws as `counter` does. */
export function upDownCounter(name: string, options?: InstrumentOptions): UpDownCounter {
  return instrument(InstrumentKind.UP_DOWN, name, options, (number) => new SumImpl(number, InstrumentKind.UP_DOWN))
}

/** The last value, set or asked for. Throws as `counter` does. */
export function gauge(name: string, options?: GaugeOptions): Gauge {
  const callback: unknown = options?.callback
  const isLate = types.isAsyncFunction(callback) || types.isGeneratorFunction(callback)
  if (callback !== undefined && (typeof callback !== 'function' || isLate)) {
    refuse(`${nameText(name)}.callback`, callback, 'a function that returns a number at once, neither async nor a generator')
  }
  const made = instrument(InstrumentKind.GAUGE, name, options, (number) => new GaugeImpl(number))
  if (options?.callback !== undefined) observeWith(made, options.callback)
  return made
}

/** A distribution in buckets. Throws as `counter` does, and for bounds that do not ascend. */
export function histogram(name: string, options?: HistogramOptions): Histogram {
  return instrument(InstrumentKind.HISTOGRAM, name, options, (number) => new HistogramImpl(number, options?.unit === 'ms' ? 1 : 0.001))
}
