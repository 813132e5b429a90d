// Meters and instruments of the OpenTelemetry API over Vigie's.
// Not for callbacks: see observables.ts.

import type {
  Attributes, BatchObservableCallback, Context, Counter, Gauge, Histogram, Meter, MetricOptions, Observable, UpDownCounter,
} from '@opentelemetry/api'
import { getLogger } from '../logs/logger.js'
import { counter, gauge, histogram, upDownCounter } from '../metrics/instruments.js'
import { quiet } from './fault.js'
import { ObservableImpl, type Observables } from './observables.js'

/** Takes one measurement. */
type Take = (value: number, attributes?: Attributes, context?: Context) => void

/** What an instrument of the official SDK is told with. */
type Official = { add: Take } | { record: Take }

function ignored(): void {}

/** Has measurements go to Vigie's instrument, and to the official one where the user gave readers or views. */
function told(take: Take | undefined, official: Official | undefined): Take {
  if (official === undefined) return take ?? ignored
  const also: Take = 'add' in official ? official.add.bind(official) : official.record.bind(official)
  return (value, attributes, context) => {
    take?.(value, attributes)
    also(value, attributes, context)
  }
}

/**
 * A meter of the OpenTelemetry API whose instruments are Vigie's: the same name and kind give the same instrument. A name that
 * is another kind's already gives one that measures nothing, and a record that says so (OpenTelemetry Metrics API, "Meter").
 */
export class VigieMeter implements Meter {
  constructor(
    private readonly observables: Observables,
    private readonly official: Meter | undefined,
  ) {}

  /** The instrument of the official meter, where there is one. */
  private also<I>(make: (meter: Meter) => I): I | undefined {
    const { official } = this
    return official === undefined ? undefined : quiet('instrument of a metric reader', () => make(official))
  }

  createCounter(name: string, options?: MetricOptions): Counter {
    const native = made(() => counter(name, shape(name, options)))
    return { add: told(native && ((value, attributes) => native.add(value, attributes)), this.also((meter) => meter.createCounter(name, options))) }
  }

  createUpDownCounter(name: string, options?: MetricOptions): UpDownCounter {
    const native = made(() => upDownCounter(name, shape(name, options)))
    return { add: told(native && ((value, attributes) => native.add(value, attributes)), this.also((meter) => meter.createUpDownCounter(name, options))) }
  }

  /** Without advised bounds it has Vigie's for the unit. */
  createHistogram(name: string, options?: MetricOptions): Histogram {
    const native = made(() => {
      const buckets = options?.advice?.explicitBucketBoundaries
      return histogram(name, buckets === undefined ? shape(name, options) : { ...shape(name, options), buckets })
    })
    return { record: told(native && ((value, attributes) => native.record(value, attributes)), this.also((meter) => meter.createHistogram(name, options))) }
  }

  createGauge(name: string, options?: MetricOptions): Gauge {
    const native = made(() => gauge(name, shape(name, options)))
    return { record: told(native && ((value, attributes) => native.set(value, attributes)), this.also((meter) => meter.createGauge(name, options))) }
  }

  createObservableGauge(name: string, options?: MetricOptions): Observable {
    const native = made(() => gauge(name, shape(name, options)))
    const set: Take = (value, attributes) => native?.set(value, attributes)
    return this.observables.add(new ObservableImpl(set, false, this.also((meter) => meter.createObservableGauge(name, options))))
  }

  createObservableCounter(name: string, options?: MetricOptions): Observable {
    const native = made(() => counter(name, shape(name, options)))
    const add: Take = (value, attributes) => native?.add(value, attributes)
    return this.observables.add(new ObservableImpl(add, true, this.also((meter) => meter.createObservableCounter(name, options))))
  }

  createObservableUpDownCounter(name: string, options?: MetricOptions): Observable {
    const native = made(() => upDownCounter(name, shape(name, options)))
    const add: Take = (value, attributes) => native?.add(value, attributes)
    return this.observables.add(new ObservableImpl(add, true, this.also((meter) => meter.createObservableUpDownCounter(name, options))))
  }

  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.observables.addBatch(callback, observables)
    this.official?.addBatchObservableCallback(callback, officials(observables))
  }

  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.observables.removeBatch(callback, observables)
    this.official?.removeBatchObservableCallback(callback, officials(observables))
  }
}

/** The official instruments behind those that the user holds. */
function officials(observables: readonly Observable[]): Observable[] {
  return observables.flatMap((one) => (one instanceof ObservableImpl && one.official !== undefined ? [one.official] : []))
}

/** The annotations by which instruments were first told, by their names. */
const annotations = new Map<string, string>()

/**
 * Unit and description. What stands in braces is no unit (UCUM, "annotations"): where several instrumentations tell one name by
 * different ones the first stays, because here a name is one instrument.
 */
function shape(name: string, options: MetricOptions | undefined): { unit: string; description: string } {
  const { unit = '', description = '' } = options ?? {}
  if (!/^\{.*\}$/.test(unit)) return { unit, description }
  const known = annotations.get(name) ?? unit
  annotations.set(name, known)
  return { unit: known, description }
}

/** Vigie's instrument; undefined where the name or the bounds cannot be. */
function made<I>(make: () => I): I | undefined {
  try {
    return make()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    getLogger('vigie.otel').warn('an instrument of the OpenTelemetry API measures nothing: {why}', { why })
    return undefined
  }
}
