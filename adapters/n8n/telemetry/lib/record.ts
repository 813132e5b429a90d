// What a node hands to the hook: the contract between the two. A node writes it as the value of the key `vigie` of a record of
// n8n's own logger, and the hook's log layer takes it from there. Every change that an older reader would misread raises VERSION.

/** The key of the logger's metadata that holds a record. */
export const KEY = 'vigie'

export const VERSION = 1

/** What JSON can say. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }

export type Attributes = { readonly [key: string]: Value }

export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

export const INSTRUMENTS = ['counter', 'up_down_counter', 'gauge', 'histogram'] as const

export type Instrument = (typeof INSTRUMENTS)[number]

/** Where the record comes from; the hook knows it too, a reader of n8n's own log does not. */
export interface Source {
  readonly execution_id: string
  readonly workflow_id: string
  readonly node: string
}

/** An error without its stack: the hook adds nothing to it, and masks what is secret in it. */
export interface Failure {
  readonly type: string
  readonly message: string
}

interface Common {
  readonly v: typeof VERSION
  readonly source: Source
  readonly attributes?: Attributes
}

/** One log line; the message is the logger's. */
export interface LogRecord extends Common {
  readonly kind: 'log'
  readonly level: Level
  /** Name of the event, such as `order.placed`. */
  readonly event?: string
  readonly error?: Failure
}

/** A span begins now. */
export interface SpanStart extends Common {
  readonly kind: 'span.start'
  /** Names the span until its end: unique within the execution. */
  readonly span: string
  readonly name: string
  /**
   * What it stands below: another open span of the same execution by its `span`; else the run of the node that
   * wrote the record (`node`), or the execution (`execution`), for a span that other nodes end.
   */
  readonly parent: { readonly span: string } | 'node' | 'execution'
}

/** A span ends now. The hook ends the ones below the node with its run, and all others with the execution. */
export interface SpanEnd extends Common {
  readonly kind: 'span.end'
  readonly span: string
  readonly name: string
  readonly status: 'unset' | 'ok' | 'error'
  readonly error?: Failure
  /** Milliseconds since its start, for readers without the hook. */
  readonly duration_ms: number
}

/** One measurement; the attributes are its labels. */
export interface MetricRecord extends Common {
  readonly kind: 'metric'
  readonly name: string
  readonly instrument: Instrument
  /** What is added (counters), observed (histogram) or true from now on (gauge); finite, and of a counter not below zero. */
  readonly value: number
  /** In UCUM, such as `s`, `By`, `{item}`. */
  readonly unit?: string
}

export type VigieRecord = LogRecord | SpanStart | SpanEnd | MetricRecord

/**
 * The key of the execution's custom data under which the hook keeps what the execution has used so far, as JSON text
 * of a {@link Usage}: written anew after each run of a model's node. n8n allows ten such keys, of letters, digits and
 * underscores, and complains of values longer than 255 characters: hence one key.
 */
export const USAGE_KEY = 'vigie_usage'

export interface Usage {
  readonly v: typeof VERSION
  readonly input_tokens: number
  readonly output_tokens: number
  /** Answers of models so far. */
  readonly calls: number
  /** Cost in US dollars of the calls whose price is known; null when none is. */
  readonly cost_usd: number | null
  /** Calls whose price is not known: their cost is in no sum. */
  readonly unpriced_calls: number
}
