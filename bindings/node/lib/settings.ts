// What the JavaScript side needs to know of the configuration, as the core decided it.
// Not for validation: the core does that.

import { binding } from '#native'

/** Limits after which values are not walked any further; the core cuts exactly. */
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
  /** Clock or identifiers are fixed: every reading is the core's. */
  readonly testing: boolean
  readonly sampling: {
    /** Share of the traces that are kept, 0 to 1. */
    readonly ratio: number
    /** Whether a parent's decision stands. */
    readonly parentBased: boolean
  }
  /** Context keys that travel as baggage. */
  readonly propagate: readonly string[]
  /** Which headers are read and written; `all` of them, mostly. */
  readonly propagators: {
    readonly traceContext: boolean
    readonly baggage: boolean
    readonly correlationId: boolean
    readonly all: boolean
  }
}

/** Before the first use. */
export const DEFAULTS: Settings = {
  limits: {
    attributes: 128,
    depth: 32,
    nodes: 4096,
    key_bytes: 256,
    string_bytes: 65_536,
    events: 128,
    links: 128,
    series_per_instrument: 2000,
  },
  testing: false,
  sampling: { ratio: 1, parentBased: true },
  propagate: [],
  propagators: { traceContext: true, baggage: true, correlationId: true, all: true },
}

/** The settings in force. */
export function readSettings(): Settings {
  return JSON.parse(binding.settings()) as Settings
}
