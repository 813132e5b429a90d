// What the native core offers to lib/: plain functions over numbers, strings and typed arrays.
// Not public: users see lib/index.ts only.

export interface NativeBinding {
  /** Version of the core, equal to the package's. */
  readonly version: string
  /**
   * Starts with this document (JSON) over the environment. Throws an error with `problems` (as `ConfigProblem` in lib/types.ts)
   * when the settings cannot be used. `program`: the default of `service`.
   */
  init(document: string | null, program: string): void
  /** Changes the settings on purpose; throws as `init` does. */
  reconfigure(document: string, program: string): void
  /** First use without `init`: starts from the environment. Never fails. */
  ensure(program: string): void
  /** What JavaScript calls this thread, for records that tell it. */
  nameThread(id: number, name: string): void
  /** Changes with every change of settings, by whichever thread. */
  epoch(): number
  /** Settings that the JavaScript side needs, as JSON. */
  settings(): string
  /**
   * Whether a span is sampled, of the trace with this lower half of its id: `1` or `0`, with another `tracestate` behind a colon.
   * The parent is -1 for none, or flags, and 256 for one of another process.
   */
  samples(t2: number, t3: number, name: string, kind: number, parent: number, traceState: string, attributes: string[]): string
  /** Registers a logger by name; returns its number. */
  logger(name: string): number
  /** The lowest severity number that the logger lets through; 25 when it lets nothing through. */
  threshold(logger: number): number
  /** The same of what another library has let through: a level that nobody set does not count. */
  thresholdForOthers(logger: number): number
  /** Registers what a writer of lines calls the message and the error; returns their number. */
  lineKeys(message: string, error: string): number
  /** Severity number of a level's name or number in text; 0 when there is no such level. */
  severity(level: string): number
  /** Sets the least severity of a logger, or of all without one; 0 takes it back. */
  setLevel(logger: string | null, severity: number): void
  /** The number of a span kind that the library does not know. What the core knows neither is counted, and is internal. */
  spanKind(name: string): number
  /** Counts so many attributes that were beyond the limit and are not handed over. */
  countTruncated(count: number): void
  /** Counts a measurement that is no number and is not handed over. */
  countInvalidMeasurement(): void
  /**
   * Registers the form of a record: what is the same in all of its kind.
   * `what` and `variant`: see `owner` and `variant` in src/wire.rs. Returns the form's number.
   */
  form(what: number, variant: number, text: string | null, scope: string, error: boolean, keys: string[], kinds: Int32Array): number
  /** Copies the columns and queues their records; returns the epoch. `urgent` writes before it returns. */
  handover(text: string, ints: Int32Array, intCount: number, nums: Float64Array, numCount: number, logs: number, spans: number, urgent: boolean, stacks: readonly string[], stackUnits: number): number
  /** Copies the columns of spans that are open; they take the place of those that were noted before. The arguments are those of `handover`. */
  noteOpen(text: string, ints: Int32Array, intCount: number, nums: Float64Array, numCount: number, logs: number, spans: number, urgent: boolean, stacks: readonly string[], stackUnits: number): void
  /** One reading of the clock in microseconds since the epoch, under `testing` a step of it. */
  clock(): number
  /** The next trace id (4 x 32 bits) and span id (2 x 32 bits) of the core, into `out`; `root`: with a trace id. */
  ids(out: Int32Array, root: boolean): void
  /** Registers an instrument; returns its number. Throws as `init` does. */
  instrument(kind: number, name: string, unit: string, description: string, buckets: Float64Array | null): number
  /** Registers a series of an instrument; the columns hold its attributes as one tagged map. Returns its number. */
  series(instrument: number, text: string, ints: Int32Array, nums: Float64Array): number
  /** Bucket bounds of a histogram. */
  bounds(instrument: number): Float64Array
  /** Whether the measurements of a series go to the one for all beyond the limit. Makes the series when it is new. */
  isOverflow(series: number): boolean
  /** Adds what the series have collected: see `measure` in src/wire.rs for the layout. */
  measure(ints: Int32Array, intCount: number, nums: Float64Array, numCount: number): void
  /** Prometheus 0.0.4 or OpenMetrics 1.0 text. */
  metricsText(openmetrics: boolean): string
  /** The books, as JSON. */
  stats(): string
  /** Waits on another thread until everything is out, or `ms` milliseconds. */
  flush(ms: number): Promise<boolean>
  /** Flushes and closes on another thread. */
  shutdown(ms: number): Promise<boolean>
  /** Waits on this thread. */
  flushSync(ms: number): boolean
  /** The lower-case names of all headers that a carrier has to be searched for. */
  /** Reads headers (name, value, name, value ...) on top of a `baggage` header and tells as JSON what a context is then: `Read` in lib/context/headers.ts. What a stranger says is linked to. */
  extract(baggage: string, headers: readonly string[], isPublic: boolean): string
  /** What TRACEPARENT, TRACESTATE and BAGGAGE said at the start, as such a JSON object. */
  inherited(): string
  /** The headers of a context with these headers, each of which may be empty, and attributes (key, JSON text ...), as a JSON object. */
  inject(traceparent: string, traceState: string, baggage: string, attributes: readonly string[], isDebug: boolean): string
  /** A `tracestate` and a `baggage` header as the core writes them, the latter with members (key, value ...) added. */
  normalized(traceState: string, baggage: string, added: readonly string[]): string[]
  /** Makes a table of runs; returns its number. `idle` in seconds. */
  runs(open: number, idle: number, spans: number): number
  /** Starts a run: the columns say how, see `run` in src/wire.rs. `parent` and `keep` may be empty. Gives `Run.PARENT_UNKNOWN` if it could not. */
  runStart(runs: number, id: string, parent: string, text: string, ints: Int32Array, intCount: number, nums: Float64Array, numCount: number, keep: string): number | undefined
  /** Another piece of a run's answer came. */
  runChunk(runs: number, id: string): void
  /** Ends a run: the columns say how, see `run_state` in src/wire.rs. Writes `run_told` and gives what was kept, or nothing when the run is not open. */
  runEnd(runs: number, id: string, text: string, ints: Int32Array, intCount: number, nums: Float64Array, numCount: number, summary: Float64Array): string | undefined
  /** What the body of an open run stands in, as JSON: `Read` in lib/context/headers.ts. */
  runContext(runs: number, id: string): string | null
  /** The text that an open run keeps. */
  runKept(runs: number, id: string): string | null
  /** Sets attributes, which are tagged members, of a run's span. */
  runSet(runs: number, id: string, text: string, ints: Int32Array, nums: Float64Array): void
  /** Adds an event to a run's span. */
  runEvent(runs: number, id: string, name: string, text: string, ints: Int32Array, nums: Float64Array): void
  /** Gives a run's span another name. */
  runName(runs: number, id: string, name: string): void
  /** The name of an open run's span; null where nothing is kept of it. */
  runSpanName(runs: number, id: string): string | null
  /** Ends the runs that nothing was heard of for too long; how many. */
  runSweep(runs: number): number
  /** What became of runs so far, as JSON. */
  runCounts(runs: number): string
  /** What an answer of a model costs in US dollars. */
  genaiCost(model: string, provider: string | null, input: number, output: number, cacheRead: number, cacheWrite: number): number | null
  /** Lines of the memory outputs, joined by newlines. */
  memory(): string
  /** Opens a capture; returns its number. */
  captureOpen(): number
  /** Lines of a capture so far, joined by newlines. */
  captureLines(capture: number): string
  /** Ends a capture. */
  captureClose(capture: number): void
}

export declare const binding: NativeBinding
