// The instruments of runs.

import { type Attributes, type Counter, counter, gauge, type Histogram, histogram, type Runs } from 'vigie'
import type { Tokens } from './models.js'
import { chosen, type Names } from './names.js'
import { COUNTERS, METRICS, OWN } from './semantics.js'

/** The durations that runs count for. */
export type Duration = 'operation_duration' | 'workflow_duration' | 'agent_duration' | 'tool_duration'

const TYPES = [['input_tokens', 'input'], ['output_tokens', 'output']] as const
const LATEST = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens', 'reasoning_tokens'] as const

type Histograms = { readonly [key in keyof typeof METRICS]: Histogram }
type Counters = { readonly [key in keyof typeof COUNTERS]: Counter }

/** Durations, tokens and costs of runs. */
export class Metrics {
  private readonly histograms: Histograms
  private readonly counters: Counters

  constructor(
    private readonly names: Names,
    private readonly isLatest: boolean,
  ) {
    const histograms = Object.entries(METRICS).map(([key, { name, unit, description, buckets }]) => [key, histogram(chosen(name, isLatest), { unit, description, buckets })])
    this.histograms = Object.fromEntries(histograms) as Histograms
    const counters = Object.entries(COUNTERS).map(([key, { name, unit, description }]) => [key, counter(name, { unit, description })])
    this.counters = Object.fromEntries(counters) as Counters
  }

  /** How many seconds a run of this kind took. */
  took(what: Duration, seconds: number, attributes: Attributes): void {
    this.histograms[what].record(seconds, attributes)
  }

  /** When the chunks of an answer came. */
  chunks(first: number | undefined, interval: number | undefined, attributes: Attributes): void {
    if (first !== undefined) this.histograms.first_chunk.record(first, attributes)
    if (interval !== undefined) this.histograms.chunk_interval.record(interval, attributes)
  }

  /** What an answer used and cost. */
  used(usage: Tokens, cost: number | undefined, attributes: Attributes): void {
    if (this.isLatest) {
      for (const key of LATEST) if (usage[key]) this.counters[`latest_${key}`].add(usage[key], attributes)
    } else {
      for (const [key, type] of TYPES) {
        const count = usage[key]
        if (count !== undefined) this.histograms.token_usage.record(count, { ...attributes, [this.names.token_type]: type })
      }
    }
    if (cost !== undefined) this.counters.cost.add(cost, attributes)
  }
}

/** The adapter's own state as gauges, asked for when metrics are read. */
export function observe(runs: Runs, failures: () => number): void {
  const lost = (): number => {
    const { swept, orphaned, refused, left_out: leftOut } = runs.stats()
    return swept + orphaned + refused + leftOut
  }
  const all = { open: () => runs.stats().open, lost, failed: failures }
  for (const [key, { name, unit, description }] of Object.entries(OWN)) gauge(name, { unit, description, callback: all[key as keyof typeof OWN] })
}
