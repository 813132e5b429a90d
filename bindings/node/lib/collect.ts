// What reads the metrics and the books: the exposition, stats, and the push before a flush.
// Not for measuring.

import { setInterval } from 'node:timers'
import { binding } from '#native'
import { handOverAll } from './batches.js'
import { sending } from './cells.js'
import { begin } from './lifecycle.js'
import { state } from './state.js'
import type { Stats } from './types.js'

/** Asks the observed gauges. What a callback throws is no value. */
export function observe(): void {
  for (const [gauge, callback] of state.observed) {
    try {
      const value = callback()
      if (value !== undefined) gauge.set(value)
    } catch {
      // The next collection asks again.
    }
  }
}

/** The core pushes metrics by itself, on a thread that cannot ask callbacks: so they are asked at this pace. */
const OBSERVE_EVERY_MS = 5000

/** From the first observed gauge on; keeps no process alive. */
export function watch(): void {
  if (state.watching || !state.configured || state.observed.size === 0) return
  state.watching = true
  // Outside of any context: it would be kept for ever.
  state.current.exit(() => setInterval(observe, OBSERVE_EVERY_MS).unref())
}

/** Brings everything that waits on this side over to the core. */
export function push(): void {
  observe()
  sending.flush()
  handOverAll()
}

/** The exposition of all instruments: Prometheus text 0.0.4, or OpenMetrics 1.0. */
export function metricsText(options?: { readonly openmetrics?: boolean }): string {
  if (!state.configured) begin()
  observe()
  sending.flush()
  return binding.metricsText(options?.openmetrics === true)
}

/** What became of everything recorded, per output. */
export function stats(): Stats {
  if (!state.configured) begin()
  sending.flush()
  handOverAll()
  const found = JSON.parse(binding.stats()) as { [counter: string]: unknown }
  const open = found['open_spans']
  return { ...found, open_spans: (typeof open === 'number' ? open : 0) + state.openSpans, lost: state.lost } as unknown as Stats
}
