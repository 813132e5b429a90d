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
    /** What the 63 bits of a trace id that the core compares have to be below, as its upper 31 and lower 32 bits; at most 2^63. */
    readonly boundHigh: number
    readonly boundLow: number
    /** Whether the decision of a parent of this process stands, and that of one of another process; if not, the core is asked. */
    readonly localStands: boolean
    readonly remoteStands: boolean
    /** Whether the bound is all that decides about a new trace; if not, the core is asked. */
    readonly isPlain: boolean
    /** The attributes that the core wants to know then. */
    readonly attributes: readonly string[]
    /** Whether spans that are not sampled are recorded all the same, for the core to decide at their ends. */
    readonly recordsAll: boolean
    /** The flags of a new trace that is not sampled: whether its identifier is random. */
    readonly rootFlags: number
  }
  /** As what exceptions that spans record are told. */
  readonly exceptions: {
    readonly events: boolean
    readonly logs: boolean
  }
  /** Whether the signals that end a process write what is queued before. */
  readonly signals: boolean
  /** Whether levels may be changed outside of the process, so that the core's number is worth looking at. */
  readonly watchesLevels: boolean
  readonly propagation: {
    /**
     * Whether the default set of propagators is in force, and no other choice or order of them. The quick paths of
     * context/propagation.ts know the headers of this set, and may be taken for it only; for any other set the core reads and writes.
     */
    readonly isDefault: boolean
    /** Whether remote spans are linked to and not continued: the setting `public_endpoint`. */
    readonly isPublic: boolean
    /** The headers that a carrier is searched for, in lower case, and at the same places as they are written. */
    readonly names: readonly string[]
    readonly written: readonly string[]
    /** The headers among them that are written, as they are written. */
    readonly fields: readonly string[]
    /** Those that name a span, in lower case. */
    readonly ofSpan: readonly string[]
    /** With what other headers begin, in lower case. */
    readonly prefixes: readonly string[]
    /** Context keys that travel as baggage: the setting `propagate`. */
    readonly allowed: readonly string[]
  }
}

/** The settings in force. Before the first use they are the defaults. */
export function readSettings(): Settings {
  return JSON.parse(binding.settings()) as Settings
}
