// The shape of the configuration document. Not for what its keys mean: that stands in core/docs/configuration.md.

/** How many log records are written; every key is optional. */
export interface LogSampling {
  /** The shares that are kept, 0 to 1. */
  readonly trace?: number
  readonly debug?: number
  readonly info?: number
  readonly warn?: number
  /** Shares of their own; the first rule that fits is taken. */
  readonly rules?: readonly { readonly logger?: string; readonly level?: 'trace' | 'debug' | 'info' | 'warn'; readonly share: number }[]
  /** So many records of one logger, level and template are kept a second. */
  readonly per_second?: number | { readonly first: number; readonly then_one_in: number }
  /** For how long equal records are counted in place of being written. */
  readonly fold?: string | number
  /** Which records of a trace wait, and are written if it fails. */
  readonly trail?: { readonly level: string; readonly records?: number }
}

/** The configuration document; every key is optional. Unknown keys are errors. Sizes and durations are text with a unit, or bytes and seconds. */
export interface Config {
  readonly service?: string
  readonly version?: string
  readonly environment?: string
  readonly level?: string
  readonly levels?: { readonly [logger: string]: string }
  readonly outputs?: readonly OutputConfig[]
  readonly sample?: {
    readonly traces?: number
    readonly rules?: readonly {
      readonly name?: string
      readonly kind?: string
      readonly attributes?: { readonly [name: string]: string }
      readonly traces: number
    }[]
    readonly per_second?: number
    readonly keep_errors?: boolean
    readonly keep_slower_than?: string | number
    /** Whether shares are consistent probabilities, told in `tracestate`. */
    readonly consistent?: boolean
    /** Who decides below a parent of that sort: the parent, what decides for new traces, or a share. */
    readonly remote_parent_sampled?: 'parent' | 'root' | number
    readonly remote_parent_not_sampled?: 'parent' | 'root' | number
    readonly local_parent_sampled?: 'parent' | 'root' | number
    readonly local_parent_not_sampled?: 'parent' | 'root' | number
    /** How many log records are written. */
    readonly logs?: LogSampling
  }
  /** A folder in which `vigie level` sets levels of the running process. */
  readonly control?: string
  readonly redact?: {
    readonly keys?: readonly string[]
    readonly allow?: readonly string[]
    readonly patterns?: { readonly [name: string]: string }
    readonly rules?: { readonly [rule: string]: boolean }
    readonly mode?: 'mask' | 'hash' | 'drop'
    readonly hash_key?: string
  }
  readonly enrich?: readonly string[]
  readonly categories?: {
    readonly events?: { readonly [prefix: string]: string }
    readonly loggers?: { readonly [logger: string]: string }
  }
  readonly entities?: readonly string[]
  readonly entity_patterns?: { readonly [name: string]: string }
  readonly limits?: { readonly [limit: string]: number | string }
  readonly metrics?: {
    readonly every?: string | number
    /** A folder in which the processes of one service share their metrics. */
    readonly multiprocess?: string
    /** How the values of several processes become one, by instrument: sum, live_sum, min, max or last. */
    readonly across?: { readonly [instrument: string]: string }
  }
  readonly propagate?: readonly string[]
  readonly propagators?: readonly string[]
  readonly attributes_key?: string
  readonly disabled?: boolean
  /** SIGTERM, SIGINT and SIGHUP write what is queued and then end the process as ever. Without it signals are left alone. */
  readonly signals?: boolean
  readonly testing?: { readonly [key: string]: unknown }
}

/** One output. */
export interface OutputConfig {
  readonly to: string
  readonly [option: string]: unknown
}
