// The instruments, made once each and looked up by their entry in the table of names.
// Not for what is measured: see operation.ts, sessions.ts and listed.ts.

import * as vigie from 'vigie'
import type { Metric } from './names.js'

const made = new Map<Metric, unknown>()

function once<T>(metric: Metric, make: () => T): T {
  if (!made.has(metric)) made.set(metric, make())
  return made.get(metric) as T
}

const described = ({ unit, description }: Metric) => ({ unit, description })

/** The histogram of an entry. Throws a `ConfigError` where its name is another kind's already, as the others do. */
export const histogram = (metric: Metric) =>
  once(metric, () => vigie.histogram(metric.name, { ...described(metric), ...(metric.buckets && { buckets: metric.buckets }) }))

export const gauge = (metric: Metric) => once(metric, () => vigie.gauge(metric.name, described(metric)))

export const counter = (metric: Metric) => once(metric, () => vigie.counter(metric.name, described(metric)))

export const upDownCounter = (metric: Metric) => once(metric, () => vigie.upDownCounter(metric.name, described(metric)))
