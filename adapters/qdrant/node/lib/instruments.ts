// The metrics of calls, by series that are made once and labels that are bounded. Not for spans.
import * as vigie from 'vigie'
import * as names from './names.js'
import type { Metric } from './names.js'

const MOST_COLLECTIONS = 200
const MOST_SERIES = 4000
const OTHERS = '[other]'

/** Labels of a series, in an order that is always the same. */
export type Labels = { readonly [name: string]: string | number }

const collections = new Set<string>()
const recorders = new Map<string, (value: number) => void>()

/** What records into one series of an instrument. */
function series(metric: Metric, labels: Labels): (value: number) => void {
  const key = `${metric.name}\n${JSON.stringify(labels)}`
  const known = recorders.get(key)
  if (known) return known
  let made: (value: number) => void
  if (metric.buckets) {
    const { unit, description, buckets } = metric
    const bound = vigie.histogram(metric.name, { unit, description, buckets }).bind(labels)
    made = (value) => bound.record(value)
  } else {
    const bound = vigie.counter(metric.name, { unit: metric.unit, description: metric.description }).bind(labels)
    made = (value) => bound.add(value)
  }
  if (recorders.size < MOST_SERIES) recorders.set(key, made)
  return made
}

/** The collection as a label: the names of the first 200, one word for all others. */
export function labelOf(collection: string): string {
  if (!collections.has(collection)) {
    if (collections.size >= MOST_COLLECTIONS) return OTHERS
    collections.add(collection)
  }
  return collection
}

/** One call that has ended: `outcome` is empty, or has the error's type and status. */
export function call(base: Labels, seconds: number, server: number | undefined, outcome: Labels): void {
  const labels = { [names.SYSTEM]: 'qdrant', ...base, ...outcome }
  series(names.DURATION, labels)(seconds)
  if (server !== undefined) series(names.SERVER, labels)(server)
  if (names.ERROR_TYPE in outcome) series(names.ERRORS, labels)(1)
}

/** A failure of the adapter. */
export function faults(where: string): void {
  series(names.FAULTS, { where })(1)
}
