// The types that users see: loggers, spans, contexts, instruments.

/** Attributes of a record: own enumerable data properties, any value. `undefined` is left out, `null` is kept. */
export type Attributes = { readonly [key: string]: unknown }

/** The six levels, least severe first. */
export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** What may stand in the error's place: anything that was caught, as far as it is not plainly a text or a number. */
export type Caught<E> = E extends string | number | bigint | boolean | symbol | null | ((...all: never) => unknown) ? never : E

/**
 * One logging call. The message may hold holes, `{order_id}`, which are filled from the attributes. Never throws.
 *
 * The compiler refuses what has no name; at run time such arguments are kept as the list `args`.
 */
export interface LogMethod {
  (message: string, attributes?: Attributes): void
  /** With what was caught: an `Error` with its causes, or any other thrown value. */
  <E>(message: string, error: Caught<E>, attributes?: Attributes): void
  /** The error says the message itself. */
  (error: Error, attributes?: Attributes): void
  /** The order of pino. */
  (first: Error | Attributes, message: string): void
}

/** Emits log records under one name. Immutable; `bind` makes children. */
export interface Logger {
  /** Name of the logger, the line's `logger`. */
  readonly name: string
  readonly trace: LogMethod
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  /** Written before the call returns, with everything before it. */
  readonly error: LogMethod
  /** Written before the call returns, with everything before it. */
  readonly fatal: LogMethod
  /** Logs at a level given as name, alias (`warning`, `critical`, ...) or pino's number, 10 for trace to 60 for fatal. An unknown level counts as `info`. */
  log(level: Level | (string & {}) | number, message: string, attributes?: Attributes): void
  log<E>(level: Level | (string & {}) | number, message: string, error: Caught<E>, attributes?: Attributes): void
  log(level: Level | (string & {}) | number, error: Error, attributes?: Attributes): void
  log(level: Level | (string & {}) | number, first: Error | Attributes, message: string): void
  /** A child whose records carry these attributes too. */
  bind(attributes: Attributes): Logger
  /** Whether a record of this level would be written. */
  isEnabled(level: Level | (string & {}) | number): boolean
}

/** What travels from caller to callee: a span context (W3C Trace Context), baggage, correlation keys. Immutable. */
export interface Context {
  /** 32 lower-case hex digits, or undefined outside of any trace. */
  readonly traceId: string | undefined
  /** 16 lower-case hex digits, or undefined outside of any span. */
  readonly spanId: string | undefined
  /** Whether the trace is sampled. */
  readonly sampled: boolean
  /** Whether the span context came from another process. */
  readonly isRemote: boolean
  /** The W3C `traceparent` header, or undefined outside of any span. */
  readonly traceparent: string | undefined
  /** Baggage members, decoded. */
  readonly baggage: ReadonlyMap<string, string>
}

/** Role of a span in its trace. Default: `internal`. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** Status of a span. Default: `unset`. */
export type SpanStatus = 'unset' | 'ok' | 'error'

/** A point in time: a `Date`, milliseconds since the epoch, nanoseconds since the epoch as a bigint, or `[seconds, nanoseconds]`. */
export type Time = Date | number | bigint | readonly [seconds: number, nanoseconds: number]

/** A reference from one span to another. */
export interface Link {
  /** The span referred to. */
  readonly context: Context | Span | { readonly traceId: string; readonly spanId: string }
  readonly attributes?: Attributes
}

/** How a span starts. */
export interface SpanOptions {
  readonly attributes?: Attributes
  readonly kind?: SpanKind
  /** Default: the current context. `null` starts a new trace. */
  readonly parent?: Context | Span | null
  /** Default: now. */
  readonly startTime?: Time
  readonly links?: readonly Link[]
  /** Name of the library that makes the span. */
  readonly scope?: string
}

/** An operation with a beginning and an end. No method throws; after `end` all are without effect. */
export interface Span {
  /** The context whose current span is this one: the parent to give to children. */
  readonly context: Context
  /** False when the sampler left it out: attributes and events are not kept. */
  readonly isRecording: boolean
  /** The name that it has now; empty for what stands for no span of this process. */
  readonly name: string
  setAttribute(key: string, value: unknown): this
  setAttributes(attributes: Attributes): this
  addEvent(name: string, attributes?: Attributes, time?: Time): this
  addLink(link: Link): this
  /** Adds an event `exception` with its type, message and stack. Does not set the status. */
  recordException(error: unknown, attributes?: Attributes): this
  setStatus(status: SpanStatus, message?: string): this
  updateName(name: string): this
  /** Ends it; a second call changes nothing. */
  end(endTime?: Time): void
}

/** How a run ended: well, with an error, stopped by somebody, given up on the way, or stopped on purpose to be taken up again. */
export type RunStateName = 'ok' | 'error' | 'cancelled' | 'abandoned' | 'interrupted'

/** What a table of runs is held to. */
export interface RunRules {
  /** Runs that may be open at once; those beyond it are not recorded, and counted. Default: 10 000. */
  readonly open?: number
  /** Seconds after which a run that nothing was heard of is ended as abandoned. Default: 3600. */
  readonly idle?: number
  /** Spans below one outermost run; those beyond it are left out and counted. Default: 1000. */
  readonly spans?: number
}

/** How a run starts. */
export interface RunOptions {
  /** The run that it is a part of. */
  readonly parentId?: string | undefined
  /** Where it stands when its parent is not known. Default: the current context. */
  readonly context?: Context | Span | undefined
  readonly kind?: SpanKind
  /** It gets no span, and what is below it stands below its parent. */
  readonly hidden?: boolean
  /** Attributes of its span and of those of all runs below it. */
  readonly inherited?: { readonly [key: string]: string } | undefined
  /** Attributes of log records that are written in its body and below. */
  readonly logged?: { readonly [key: string]: string } | undefined
  /** Contexts or spans that it relates to. */
  readonly links?: readonly (Context | Span)[]
  readonly attributes?: Attributes
  /** A text that its end gives back. */
  readonly keep?: string
}

/** How a run ends. */
export interface RunEndOptions {
  /** Default: `ok`. The last three are told by the attribute `vigie.run.state`. */
  readonly state?: RunStateName
  /** What it failed with, recorded with the state `error`. */
  readonly error?: unknown
  readonly attributes?: Attributes
  /** Names the attribute that gets the seconds from the start to the first chunk, if there was one. */
  readonly firstChunkKey?: string
}

/** What a run was. Times are seconds. */
export interface RunSummary {
  readonly state: RunStateName
  readonly duration: number
  readonly chunks: number
  /** From the start to the first chunk. */
  readonly firstChunk: number | undefined
  /** From a chunk to the next, the mean. */
  readonly chunkInterval: number | undefined
  readonly kept: string | undefined
}

/** What became of runs. */
export interface RunStats {
  /** Now. */
  readonly open: number
  /** Ended because nothing was heard of them. */
  readonly swept: number
  /** Ended because the run above them had ended. */
  readonly orphaned: number
  /** Not recorded: too many were open. */
  readonly refused: number
  /** Without a span: the outermost run has so many. */
  readonly left_out: number
  /** Calls about runs that are not open, or that start one that is. */
  readonly unmatched: number
}

/** What an instrument measures. */
export interface InstrumentOptions {
  /** UCUM unit: `s`, `By`, `1`. */
  readonly unit?: string
  readonly description?: string
}

/** Options of a histogram. */
export interface HistogramOptions extends InstrumentOptions {
  /** Upper bounds, ascending. Default: by unit (seconds, milliseconds, bytes), else OpenTelemetry's. */
  readonly buckets?: readonly number[]
}

/** Options of a gauge. */
export interface GaugeOptions extends InstrumentOptions {
  /** Called on collection; what it returns at once is set, `undefined` is nothing, and what is no number is counted. What it throws is swallowed. */
  readonly callback?: () => number | undefined
}

/** A sum that only grows. A negative amount is left out and counted. */
export interface Counter {
  add(amount: number, attributes?: Attributes): void
  /** The series of these attributes: `add` without a look-up. */
  bind(attributes: Attributes): BoundCounter
}

/** One series of a counter or an up-down counter. */
export interface BoundCounter {
  add(amount: number): void
}

/** A sum that grows and shrinks. */
export interface UpDownCounter {
  add(amount: number, attributes?: Attributes): void
  bind(attributes: Attributes): BoundCounter
}

/** The last value. */
export interface Gauge {
  set(value: number, attributes?: Attributes): void
  bind(attributes: Attributes): BoundGauge
}

/** One series of a gauge. */
export interface BoundGauge {
  set(value: number): void
}

/** A distribution in buckets. */
export interface Histogram {
  record(value: number, attributes?: Attributes): void
  /** Runs `fn` and records how long it took, in seconds (milliseconds when the unit is `ms`), also when it throws or rejects. */
  time<T>(attributes: Attributes, fn: () => T): T
  time<T>(fn: () => T): T
  bind(attributes: Attributes): BoundHistogram
}

/** One series of a histogram. */
export interface BoundHistogram {
  record(value: number): void
  time<T>(fn: () => T): T
}

/** The value of a header: a text, bytes as messages have them, or all values of a header that occurs several times. */
export type HeaderValue = string | number | Uint8Array | readonly (string | Uint8Array)[] | null | undefined

/**
 * Headers or another carrier: an object, a `Map`, or anything with `get` such as `Headers`; a list of pairs of name and value,
 * or of objects with a header each. Names are read in any case.
 */
export type Carrier =
  | { readonly [name: string]: HeaderValue }
  | { get(name: string): HeaderValue }
  | readonly (readonly [name: string, value: HeaderValue])[]
  | readonly { readonly [name: string]: HeaderValue }[]

/** How a carrier is read. */
export interface ExtractOptions {
  /**
   * Whether strangers may have written it: then the remote span is linked to and not continued, and nothing else is taken. Default: the
   * setting `public_endpoint`.
   */
  readonly publicEndpoint?: boolean
}

/** The books of one output: `accepted = delivered + dropped + queued + spooled`. */
export interface OutputStats {
  readonly to: string
  readonly name: string
  readonly accepted: number
  readonly delivered: number
  /**
   * Count by reason; reasons that did not occur are absent. `full`: there was no room. `shutdown`: not out by the end, or
   * after it. `io`, `closed`: the system refused, the reader went away. Over a network: `rejected` and `too_large` by the
   * far side, `expired` when it could not be reached for too long, `tls`, and `damaged` in the spool.
   */
  readonly dropped: { readonly [reason: string]: number }
  readonly queued: number
  readonly spooled: number
  readonly healthy: boolean
  /** When something arrived last, or an endpoint was last asked; null when nothing has. */
  readonly last_success: string | null
  /** What went wrong last, in words, and when; null when nothing has, or the output has no words for it. */
  readonly last_error: string | null
  readonly last_error_at: string | null
  /** Attempts to write or send that did not succeed, or in part only. */
  readonly failed_attempts: number
  /** How long the oldest record has been waiting, in seconds; null when none is. */
  readonly oldest_queued_s: number | null
  /** Of an endpoint: where it listens; null while it does not. */
  readonly listening?: string | null
  /** Of an endpoint: expositions that were read to the end, and requests that got none. */
  readonly scrapes?: number
  readonly refused?: number
}

/** What became of everything recorded. */
export interface Stats {
  readonly outputs: readonly OutputStats[]
  /** Log records that never came to an output because of `sample.logs`, by the key of it. */
  readonly left_out_logs: { readonly share: number; readonly per_second: number; readonly fold: number; readonly trail: number }
  readonly [counter: string]: unknown
}

/** One mistake in the configuration. */
export interface ConfigProblem {
  /** Where, as a dotted path. */
  readonly key: string
  /** What was given. */
  readonly value: string
  /** What is accepted. */
  readonly accepted: string
}

export type * from './configuration.js'
