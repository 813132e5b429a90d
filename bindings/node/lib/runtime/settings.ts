// What this side needs to know of the configuration, as the core decided it.

import { binding } from '#native'

/** Limits beyond which values are not walked any further. The core cuts exactly. */
export interface Limits {
  readonly attributes: number
  readonly depth: number
  readonly nodes: number
  readonly key_bytes: number
  readonly string_bytes: number
  readonly events: number
  readonly links: number
  readonly series_per_instrument: number
}

export interface Settings {
  readonly limits: Limits
  /** The clock or the identifiers are fixed, so every one of them comes from the core. */
  readonly testing: boolean
  readonly sampling: {
    /** Share of the traces that are kept, 0 to 1. */
    readonly ratio: number
    /** Whether a parent's decision stands. */
    readonly parentBased: boolean
  }
  /** Context keys that travel as baggage. */
  readonly propagate: readonly string[]
  /** Which headers are read and written. Usually it is `all` of them. */
  readonly propagators: {
    readonly traceContext: boolean
    readonly baggage: boolean
    readonly correlationId: boolean
    readonly all: boolean
  }
}

/** The settings in force. Before the first use they are the defaults. */
export function readSettings(): Settings {
  return JSON.parse(binding.settings()) as Settings
}
