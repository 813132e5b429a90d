// Instruments that are asked: their callbacks are called before each collection.
// Not for instruments that are told: see meter.ts.

import type {
  Attributes, BatchObservableCallback, BatchObservableResult, Observable, ObservableCallback, ObservableResult,
} from '@opentelemetry/api'
import { alsoAsk } from '../metrics/observe.js'
import { watch } from '../values/promises.js'
import { fault, quiet } from './fault.js'

/** Of so many series of an instrument the last total is kept in mind: as many as a process has in all by default. */
const MOST_SERIES = 20_000

/** An instrument that is asked. */
export class ObservableImpl implements Observable {
  private readonly callbacks = new Set<ObservableCallback>()
  private readonly totals = new Map<string, number>()

  constructor(
    private readonly take: (value: number, attributes?: Attributes) => void,
    /** Vigie's sums take what was added, callbacks tell totals. */
    private readonly isSum: boolean,
    /** The one of the official SDK where the user gave readers or views. */
    readonly official: Observable | undefined,
  ) {}

  addCallback(callback: ObservableCallback): void {
    this.callbacks.add(callback)
    this.official?.addCallback(callback)
  }

  removeCallback(callback: ObservableCallback): void {
    this.callbacks.delete(callback)
    this.official?.removeCallback(callback)
  }

  /** What a callback has found. */
  observe(value: number, attributes: Attributes = {}): void {
    if (!this.isSum || typeof value !== 'number') return this.take(value, attributes)
    const key = JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)))
    const before = this.totals.get(key)
    if (before === undefined && this.totals.size >= MOST_SERIES) return
    this.totals.set(key, value)
    this.take(value - (before ?? 0), attributes)
  }

  /** Asks all callbacks. */
  ask(): void {
    const result: ObservableResult = { observe: (value, attributes) => this.observe(value, attributes) }
    for (const callback of this.callbacks) asked(() => callback(result))
  }
}

/** The instruments of one provider that are asked. */
export class Observables {
  private readonly all: ObservableImpl[] = []
  private readonly batches: (readonly [BatchObservableCallback, ReadonlySet<Observable>])[] = []

  /** Has an instrument asked from now on, and gives it back. */
  add(observable: ObservableImpl): ObservableImpl {
    this.begin()
    this.all.push(observable)
    return observable
  }

  /** Has a callback asked that tells of several instruments. */
  addBatch(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    this.begin()
    this.batches.push([callback, new Set(observables)])
  }

  /** The one that was added with the same instruments is asked no more. */
  removeBatch(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    const at = this.batches.findIndex(([known, of]) => known === callback && of.size === new Set(observables).size && observables.every((one) => of.has(one)))
    if (at >= 0) this.batches.splice(at, 1)
  }

  private begin(): void {
    if (this.all.length + this.batches.length === 0) alsoAsk(() => this.ask())
  }

  private ask(): void {
    for (const observable of this.all) observable.ask()
    for (const [callback, of] of this.batches) {
      const result: BatchObservableResult = {
        observe: (metric, value, attributes) => {
          if (of.has(metric) && metric instanceof ObservableImpl) metric.observe(value, attributes)
        },
      }
      asked(() => callback(result))
    }
  }
}

/** What a callback tells later counts for the collection after that. */
function asked(call: () => unknown): void {
  quiet('callback of an instrument', () => watch(call(), () => {}, (error) => fault('callback of an instrument', error)))
}
