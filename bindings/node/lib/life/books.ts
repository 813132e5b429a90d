// What users read of metrics and books: the exposition and `stats`.

import { binding } from '#native'
import { handOverAll } from '../batch/handover.js'
import { observe } from '../metrics/observe.js'
import { sending } from '../metrics/sending.js'
import { begin } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import { openSpans } from '../spans/span.js'
import type { Stats } from '../types.js'

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
  const found = JSON.parse(binding.stats()) as Stats
  return { ...found, open_spans: Number(found['open_spans'] ?? 0) + openSpans(), lost: state.lost }
}
