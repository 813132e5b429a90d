// Made by scripts/api.mjs from the declarations in dist/; a test compares them.

// index
import type * as own from './entry/api.js';
export type { ConsoleOptions } from './bridges/console.js';
export type { ContextOptions } from './context/current.js';
export type { HandlerOptions } from './serverless/wrap_handler.js';
export type { TracedOptions } from './spans/traced.js';
export type { GenAiUsage } from './runs/cost.js';
export type * from './types.js';
export declare const init: typeof own.init;
export declare const reconfigure: typeof own.reconfigure;
export declare const getLogger: typeof own.getLogger;
export declare const setLevel: typeof own.setLevel;
export declare const withContext: typeof own.withContext;
export declare const currentContext: typeof own.currentContext;
export declare const span: typeof own.span;
export declare const traced: typeof own.traced;
export declare const startSpan: typeof own.startSpan;
export declare const withSpan: typeof own.withSpan;
export declare const currentSpan: typeof own.currentSpan;
export declare const event: typeof own.event;
export declare const bindEmitter: typeof own.bindEmitter;
export declare const captureConsole: typeof own.captureConsole;
export declare const counter: typeof own.counter;
export declare const upDownCounter: typeof own.upDownCounter;
export declare const gauge: typeof own.gauge;
export declare const histogram: typeof own.histogram;
export declare const inject: typeof own.inject;
export declare const extract: typeof own.extract;
export declare const contextFrom: typeof own.contextFrom;
export declare const genaiCost: typeof own.genaiCost;
/** The open runs of one framework: for adapters. */
export declare const Runs: typeof own.Runs;
export type Runs = own.Runs;
export declare const metricsText: typeof own.metricsText;
export declare const stats: typeof own.stats;
export declare const flush: typeof own.flush;
export declare const flushSync: typeof own.flushSync;
export declare const shutdown: typeof own.shutdown;
export declare const wrapHandler: typeof own.wrapHandler;
/** What set-up throws. */
export declare const ConfigError: typeof own.ConfigError;
export type ConfigError = own.ConfigError;

// testing
import type * as own from './entry/api.js';
export type { Capture, Line } from './life/capture.js';
export declare const capture: typeof own.capture;
export declare const memoryLines: typeof own.memoryLines;

// types
/** Attributes of a record: own enumerable data properties, any value. `undefined` is left out, `null` is kept. */
export type Attributes = {
    readonly [key: string]: unknown;
};
/** The six levels, least severe first. */
export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
/** What may stand in the error's place: anything that was caught, as far as it is not plainly a text or a number. */
export type Caught<E> = E extends string | number | bigint | boolean | symbol | null | ((...all: never) => unknown) ? never : E;
/**
 * One logging call. The message may hold holes, `{order_id}`, which are filled from the attributes. Never throws.
 *
 * The compiler refuses what has no name; at run time such arguments are kept as the list `args`.
 */
export interface LogMethod {
    (message: string, attributes?: Attributes): void;
    /** With what was caught: an `Error` with its causes, or any other thrown value. */
    <E>(message: string, error: Caught<E>, attributes?: Attributes): void;
    /** The error says the message itself. */
    (error: Error, attributes?: Attributes): void;
    /** The order of pino. */
    (first: Error | Attributes, message: string): void;
}
/** Emits log records under one name. Immutable; `bind` makes children. */
export interface Logger {
    /** Name of the logger, the line's `logger`. */
    readonly name: string;
    readonly trace: LogMethod;
    readonly debug: LogMethod;
    readonly info: LogMethod;
    readonly warn: LogMethod;
    /** Written before the call returns, with everything before it. */
    readonly error: LogMethod;
    /** Written before the call returns, with everything before it. */
    readonly fatal: LogMethod;
    /** Logs at a level given as name, alias (`warning`, `critical`, ...) or pino's number, 10 for trace to 60 for fatal. An unknown level counts as `info`. */
    log(level: Level | (string & {}) | number, message: string, attributes?: Attributes): void;
    log<E>(level: Level | (string & {}) | number, message: string, error: Caught<E>, attributes?: Attributes): void;
    log(level: Level | (string & {}) | number, error: Error, attributes?: Attributes): void;
    log(level: Level | (string & {}) | number, first: Error | Attributes, message: string): void;
    /** A child whose records carry these attributes too. */
    bind(attributes: Attributes): Logger;
    /** Whether a record of this level would be written. */
    isEnabled(level: Level | (string & {}) | number): boolean;
}
/** What travels from caller to callee: a span context (W3C Trace Context), baggage, correlation keys. Immutable. */
export interface Context {
    /** 32 lower-case hex digits, or undefined outside of any trace. */
    readonly traceId: string | undefined;
    /** 16 lower-case hex digits, or undefined outside of any span. */
    readonly spanId: string | undefined;
    /** Whether the trace is sampled. */
    readonly sampled: boolean;
    /** Whether the span context came from another process. */
    readonly isRemote: boolean;
    /** The W3C `traceparent` header, or undefined outside of any span. */
    readonly traceparent: string | undefined;
    /** Baggage members, decoded. */
    readonly baggage: ReadonlyMap<string, string>;
}
/** Role of a span in its trace. Default: `internal`. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';
/** Status of a span. Default: `unset`. */
export type SpanStatus = 'unset' | 'ok' | 'error';
/** A point in time: a `Date`, milliseconds since the epoch, nanoseconds since the epoch as a bigint, or `[seconds, nanoseconds]`. */
export type Time = Date | number | bigint | readonly [seconds: number, nanoseconds: number];
/** A reference from one span to another. */
export interface Link {
    /** The span referred to. */
    readonly context: Context | Span | {
        readonly traceId: string;
        readonly spanId: string;
    };
    readonly attributes?: Attributes;
}
/** How a span starts. */
export interface SpanOptions {
    readonly attributes?: Attributes;
    readonly kind?: SpanKind;
    /** Default: the current context. `null` starts a new trace. */
    readonly parent?: Context | Span | null;
    /** Default: now. */
    readonly startTime?: Time;
    readonly links?: readonly Link[];
    /** Name of the library that makes the span. */
    readonly scope?: string;
}
/** An operation with a beginning and an end. No method throws; after `end` all are without effect. */
export interface Span {
    /** The context whose current span is this one: the parent to give to children. */
    readonly context: Context;
    /** False when the sampler left it out: attributes and events are not kept. */
    readonly isRecording: boolean;
    /** The name that it has now; empty for what stands for no span of this process. */
    readonly name: string;
    setAttribute(key: string, value: unknown): this;
    setAttributes(attributes: Attributes): this;
    addEvent(name: string, attributes?: Attributes, time?: Time): this;
    addLink(link: Link): this;
    /** Adds an event `exception` with its type, message and stack. Does not set the status. */
    recordException(error: unknown, attributes?: Attributes): this;
    setStatus(status: SpanStatus, message?: string): this;
    updateName(name: string): this;
    /** Ends it; a second call changes nothing. */
    end(endTime?: Time): void;
}
/** How a run ended: well, with an error, stopped by somebody, given up on the way, or stopped on purpose to be taken up again. */
export type RunStateName = 'ok' | 'error' | 'cancelled' | 'abandoned' | 'interrupted';
/** What a table of runs is held to. */
export interface RunRules {
    /** Runs that may be open at once; those beyond it are not recorded, and counted. Default: 10 000. */
    readonly open?: number;
    /** Seconds after which a run that nothing was heard of is ended as abandoned. Default: 3600. */
    readonly idle?: number;
    /** Spans below one outermost run; those beyond it are left out and counted. Default: 1000. */
    readonly spans?: number;
}
/** How a run starts. */
export interface RunOptions {
    /** The run that it is a part of. */
    readonly parentId?: string | undefined;
    /** Where it stands when its parent is not known. Default: the current context. */
    readonly context?: Context | Span | undefined;
    readonly kind?: SpanKind;
    /** It gets no span, and what is below it stands below its parent. */
    readonly hidden?: boolean;
    /** Attributes of its span and of those of all runs below it. */
    readonly inherited?: {
        readonly [key: string]: string;
    } | undefined;
    /** Attributes of log records that are written in its body and below. */
    readonly logged?: {
        readonly [key: string]: string;
    } | undefined;
    /** Contexts or spans that it relates to. */
    readonly links?: readonly (Context | Span)[];
    readonly attributes?: Attributes;
    /** A text that its end gives back. */
    readonly keep?: string;
}
/** How a run ends. */
export interface RunEndOptions {
    /** Default: `ok`. The last three are told by the attribute `vigie.run.state`. */
    readonly state?: RunStateName;
    /** What it failed with, recorded with the state `error`. */
    readonly error?: unknown;
    readonly attributes?: Attributes;
    /** Names the attribute that gets the seconds from the start to the first chunk, if there was one. */
    readonly firstChunkKey?: string;
}
/** What a run was. Times are seconds. */
export interface RunSummary {
    readonly state: RunStateName;
    readonly duration: number;
    readonly chunks: number;
    /** From the start to the first chunk. */
    readonly firstChunk: number | undefined;
    /** From a chunk to the next, the mean. */
    readonly chunkInterval: number | undefined;
    readonly kept: string | undefined;
}
/** What became of runs. */
export interface RunStats {
    /** Now. */
    readonly open: number;
    /** Ended because nothing was heard of them. */
    readonly swept: number;
    /** Ended because the run above them had ended. */
    readonly orphaned: number;
    /** Not recorded: too many were open. */
    readonly refused: number;
    /** Without a span: the outermost run has so many. */
    readonly left_out: number;
    /** Calls about runs that are not open, or that start one that is. */
    readonly unmatched: number;
}
/** What an instrument measures. */
export interface InstrumentOptions {
    /** UCUM unit: `s`, `By`, `1`. */
    readonly unit?: string;
    readonly description?: string;
}
/** Options of a histogram. */
export interface HistogramOptions extends InstrumentOptions {
    /** Upper bounds, ascending. Default: by unit (seconds, milliseconds, bytes), else OpenTelemetry's. */
    readonly buckets?: readonly number[];
}
/** Options of a gauge. */
export interface GaugeOptions extends InstrumentOptions {
    /** Called on collection; what it returns at once is set, `undefined` is nothing, and what is no number is counted. What it throws is swallowed. */
    readonly callback?: () => number | undefined;
}
/** A sum that only grows. A negative amount is left out and counted. */
export interface Counter {
    add(amount: number, attributes?: Attributes): void;
    /** The series of these attributes: `add` without a look-up. */
    bind(attributes: Attributes): BoundCounter;
}
/** One series of a counter or an up-down counter. */
export interface BoundCounter {
    add(amount: number): void;
}
/** A sum that grows and shrinks. */
export interface UpDownCounter {
    add(amount: number, attributes?: Attributes): void;
    bind(attributes: Attributes): BoundCounter;
}
/** The last value. */
export interface Gauge {
    set(value: number, attributes?: Attributes): void;
    bind(attributes: Attributes): BoundGauge;
}
/** One series of a gauge. */
export interface BoundGauge {
    set(value: number): void;
}
/** A distribution in buckets. */
export interface Histogram {
    record(value: number, attributes?: Attributes): void;
    /** Runs `fn` and records how long it took, in seconds (milliseconds when the unit is `ms`), also when it throws or rejects. */
    time<T>(attributes: Attributes, fn: () => T): T;
    time<T>(fn: () => T): T;
    bind(attributes: Attributes): BoundHistogram;
}
/** One series of a histogram. */
export interface BoundHistogram {
    record(value: number): void;
    time<T>(fn: () => T): T;
}
/** The value of a header: a text, bytes as messages have them, or all values of a header that occurs several times. */
export type HeaderValue = string | number | Uint8Array | readonly (string | Uint8Array)[] | null | undefined;
/**
 * Headers or another carrier: an object, a `Map`, or anything with `get` such as `Headers`; a list of pairs of name and value,
 * or of objects with a header each. Names are read in any case.
 */
export type Carrier = {
    readonly [name: string]: HeaderValue;
} | {
    get(name: string): HeaderValue;
} | readonly (readonly [name: string, value: HeaderValue])[] | readonly {
    readonly [name: string]: HeaderValue;
}[];
/** How a carrier is read. */
export interface ExtractOptions {
    /**
     * Whether strangers may have written it: then the remote span is linked to and not continued, and nothing else is taken. Default: the
     * setting `public_endpoint`.
     */
    readonly publicEndpoint?: boolean;
}
/** The books of one output: `accepted = delivered + dropped + queued + spooled`. */
export interface OutputStats {
    readonly to: string;
    readonly name: string;
    readonly accepted: number;
    readonly delivered: number;
    /**
     * Count by reason; reasons that did not occur are absent. `full`: there was no room. `shutdown`: not out by the end, or
     * after it. `io`, `closed`: the system refused, the reader went away. Over a network: `rejected` and `too_large` by the
     * far side, `expired` when it could not be reached for too long, `tls`, and `damaged` in the spool.
     */
    readonly dropped: {
        readonly [reason: string]: number;
    };
    readonly queued: number;
    readonly spooled: number;
    readonly healthy: boolean;
    /** When something arrived last, or an endpoint was last asked; null when nothing has. */
    readonly last_success: string | null;
    /** What went wrong last, in words, and when; null when nothing has, or the output has no words for it. */
    readonly last_error: string | null;
    readonly last_error_at: string | null;
    /** Attempts to write or send that did not succeed, or in part only. */
    readonly failed_attempts: number;
    /** How long the oldest record has been waiting, in seconds; null when none is. */
    readonly oldest_queued_s: number | null;
    /** Of an endpoint: where it listens; null while it does not. */
    readonly listening?: string | null;
    /** Of an endpoint: expositions that were read to the end, and requests that got none. */
    readonly scrapes?: number;
    readonly refused?: number;
}
/** What became of everything recorded. */
export interface Stats {
    readonly outputs: readonly OutputStats[];
    /** Log records that never came to an output because of `sample.logs`, by the key of it. */
    readonly left_out_logs: {
        readonly share: number;
        readonly per_second: number;
        readonly fold: number;
        readonly trail: number;
    };
    readonly [counter: string]: unknown;
}
/** One mistake in the configuration. */
export interface ConfigProblem {
    /** Where, as a dotted path. */
    readonly key: string;
    /** What was given. */
    readonly value: string;
    /** What is accepted. */
    readonly accepted: string;
}
export type * from './configuration.js';

// configuration
/** How many log records are written; every key is optional. */
export interface LogSampling {
    /** The shares that are kept, 0 to 1. */
    readonly trace?: number;
    readonly debug?: number;
    readonly info?: number;
    readonly warn?: number;
    /** Shares of their own; the first rule that fits is taken. */
    readonly rules?: readonly {
        readonly logger?: string;
        readonly level?: 'trace' | 'debug' | 'info' | 'warn';
        readonly share: number;
    }[];
    /** So many records of one logger, level and template are kept a second. */
    readonly per_second?: number | {
        readonly first: number;
        readonly then_one_in: number;
    };
    /** For how long equal records are counted in place of being written. */
    readonly fold?: string | number;
    /** Which records of a trace wait, and are written if it fails. */
    readonly trail?: {
        readonly level: string;
        readonly records?: number;
    };
}
/** The configuration document; every key is optional. Unknown keys are errors. Sizes and durations are text with a unit, or bytes and seconds. */
export interface Config {
    readonly service?: string;
    readonly version?: string;
    readonly environment?: string;
    readonly level?: string;
    readonly levels?: {
        readonly [logger: string]: string;
    };
    readonly outputs?: readonly OutputConfig[];
    readonly sample?: {
        readonly traces?: number;
        readonly rules?: readonly {
            readonly name?: string;
            readonly kind?: string;
            readonly attributes?: {
                readonly [name: string]: string;
            };
            readonly traces: number;
        }[];
        readonly per_second?: number;
        readonly keep_errors?: boolean;
        readonly keep_slower_than?: string | number;
        /** Whether shares are consistent probabilities, told in `tracestate`. */
        readonly consistent?: boolean;
        /** Who decides below a parent of that sort: the parent, what decides for new traces, or a share. */
        readonly remote_parent_sampled?: 'parent' | 'root' | number;
        readonly remote_parent_not_sampled?: 'parent' | 'root' | number;
        readonly local_parent_sampled?: 'parent' | 'root' | number;
        readonly local_parent_not_sampled?: 'parent' | 'root' | number;
        /** How many log records are written. */
        readonly logs?: LogSampling;
    };
    /** A folder in which `vigie level` sets levels of the running process. */
    readonly control?: string;
    readonly redact?: {
        readonly keys?: readonly string[];
        readonly allow?: readonly string[];
        readonly patterns?: {
            readonly [name: string]: string;
        };
        readonly rules?: {
            readonly [rule: string]: boolean;
        };
        readonly mode?: 'mask' | 'hash' | 'drop';
        readonly hash_key?: string;
    };
    readonly enrich?: readonly string[];
    readonly categories?: {
        readonly events?: {
            readonly [prefix: string]: string;
        };
        readonly loggers?: {
            readonly [logger: string]: string;
        };
    };
    readonly entities?: readonly string[];
    readonly entity_patterns?: {
        readonly [name: string]: string;
    };
    readonly limits?: {
        readonly [limit: string]: number | string;
    };
    readonly metrics?: {
        readonly every?: string | number;
        /** A folder in which the processes of one service share their metrics. */
        readonly multiprocess?: string;
        /** How the values of several processes become one, by instrument: sum, live_sum, min, max or last. */
        readonly across?: {
            readonly [instrument: string]: string;
        };
    };
    readonly propagate?: readonly string[];
    readonly propagators?: readonly string[];
    readonly attributes_key?: string;
    readonly disabled?: boolean;
    /** SIGTERM, SIGINT and SIGHUP write what is queued and then end the process as ever. Without it signals are left alone. */
    readonly signals?: boolean;
    readonly testing?: {
        readonly [key: string]: unknown;
    };
}
/** One output. */
export interface OutputConfig {
    readonly to: string;
    readonly [option: string]: unknown;
}

// life/lifecycle
/**
 * Starts with these settings over those of the environment. Again with the same ones: nothing. With others: an error that
 * names them; see `reconfigure`. After `shutdown`: a new start. Throws a `ConfigError` that lists every problem.
 */
export declare function init(config?: Config): void;
/** Changes the settings on purpose. What was recorded before goes out under the old ones. Throws a `ConfigError`. */
export declare function reconfigure(config: Config): void;
/** Waits until everything recorded so far is out, at most `ms` milliseconds; also writes the metric lines. False: something is not out. */
export declare function flush(ms?: number): Promise<boolean>;
/** The same, blocking: for handlers that cannot wait. */
export declare function flushSync(ms?: number): boolean;
/** Flushes and closes the outputs, all within `ms` milliseconds. What is recorded later is counted as dropped; `init` opens anew. */
export declare function shutdown(ms?: number): Promise<boolean>;

// logs/logger
/** The logger of this name. Without a name it is the program's. */
export declare function getLogger(name?: string): Logger;

// context/current
/** Options of `withContext`. */
export interface ContextOptions {
    /** Baggage members that travel with every call from here on. */
    readonly baggage?: {
        readonly [key: string]: string;
    };
}
/** The context in force here. */
export declare function currentContext(): Context;
/**
 * Runs `fn` with these attributes on every record made inside, through timers, events and promises; or inside of a context
 * or span that is given as it is. Returns what `fn` returns.
 */
export declare function withContext<T>(scope: Attributes | Context | Span, fn: () => T, options?: ContextOptions): T;

// spans/tracer
/**
 * Runs `fn` inside of a new span and ends the span when `fn` has returned or its promise has settled. What `fn` throws is
 * recorded, sets the status to `error`, and is thrown on. Returns what `fn` returns, the same promise too; other thenables
 * are not asked for their value.
 */
export declare function span<T>(name: string, fn: (span: Span) => T): T;
export declare function span<T>(name: string, attributes: Attributes, fn: (span: Span) => T): T;
export declare function span<T>(name: string, attributes: Attributes, fn: (span: Span) => T, options: SpanOptions): T;
/** Starts a span that the caller ends. It does not become current: see `withSpan`. */
export declare function startSpan(name: string, options?: SpanOptions): Span;
/**
 * The current span: the innermost open one that this code runs in; in the body of a framework's run that run's, which takes
 * attributes, events and another name, and ends with the run. Where there is none, or where it is another process's, a span
 * that keeps nothing: its `isRecording` is false, and its context is `currentContext()`. Never undefined.
 */
export declare function currentSpan(): Span;
/** Runs `fn` with this span as the current one until it ends; does not end it. Returns what `fn` returns. */
export declare function withSpan<T>(span: Span, fn: () => T): T;

// spans/traced
/** How the span of a traced function starts, and when it ends. */
export interface TracedOptions extends SpanOptions {
    /**
     * The last argument is a callback in the manner of Node: the span ends when it is called, with the error that it is given first.
     * It runs in the context of the caller. Default: false.
     */
    readonly callback?: boolean;
}
type Method = (this: unknown, ...args: never[]) => unknown;
/**
 * A function that runs `fn` inside of a new span each time it is called, with what it was called with, and returns what `fn` returns.
 * The span ends when the result is there: when `fn` has returned or its promise has settled; when the stream that it returns has
 * closed; for a generator, whose body the span is current in, when it has ended; with `callback` when that was called. What `fn` throws, rejects with, or a
 * stream fails with is recorded and sets the status to `error`. The name is that of `fn` unless given.
 *
 * With a name and options alone, and written before a method, it is a decorator: `@vigie.traced('price')`, or `@vigie.traced`.
 *
 * Throws a `TypeError` where there is no function to run. A call of the function that it gives back throws what `fn` throws.
 */
export declare function traced<F extends Method>(fn: F): F;
export declare function traced<F extends Method>(name: string, fn: F): F;
export declare function traced<F extends Method>(name: string, options: TracedOptions, fn: F): F;
export declare function traced(name: string, options?: TracedOptions): Decorator;
export declare function traced<F extends Method>(method: F, context: {
    readonly kind: 'method';
    readonly name: string | symbol;
}): F;
export declare function traced<F extends Method>(target: object, key: string | symbol, property: TypedPropertyDescriptor<F>): void;

// metrics/instruments
/** A sum that only grows. Throws a `ConfigError` when the name is malformed or belongs to another kind of instrument. */
export declare function counter(name: string, options?: InstrumentOptions): Counter;
/** A sum that grows and shrinks. Throws as `counter` does. */
export declare function upDownCounter(name: string, options?: InstrumentOptions): UpDownCounter;
/** The last value, set or asked for. Throws as `counter` does. */
export declare function gauge(name: string, options?: GaugeOptions): Gauge;
/** A distribution in buckets. Throws as `counter` does, and for bounds that do not ascend. */
export declare function histogram(name: string, options?: HistogramOptions): Histogram;

// runs/runs
/**
 * The open runs of one framework. For adapters, whose callbacks become spans with one call each: a run's parent is found by
 * its identifier, never by what happens to be current. What is left open below a run ends with it; what nothing was heard of
 * for `idle` seconds is ended as abandoned. Throws a `RangeError` for a rule that is no number above zero; the methods throw
 * nothing, and one about a run that is not open does nothing and is counted.
 */
export declare class Runs {
    constructor(rules?: RunRules);
    /**
     * Starts a run. When the table does not know `parentId`, it stands in `context`, or else in the current one. What its body
     * stands in is current inside of `enter`, and wherever the framework that is followed says that it is.
     */
    start(id: string, name: string, options?: RunOptions): void;
    /** Says that another piece of the run's answer came. The times of the first and the last are kept, and how many. */
    chunk(id: string): void;
    /**
     * Ends a run, and before it those that are open below it. Undefined when it is not open. What is said to be `ok` is
     * `interrupted` when a run right below it was, and `abandoned` when one below it is open amid its chunks.
     */
    end(id: string, options?: RunEndOptions): RunSummary | undefined;
    /** What the body of an open run stands in; undefined when the run is not open. */
    context(id: string): Context | undefined;
    /** The text that was kept with an open run; undefined when it is not open. */
    kept(id: string): string | undefined;
    /** Runs `fn` in the body of a run, if it is open. Returns what `fn` returns. */
    enter<T>(id: string, fn: () => T): T;
    /** Sets attributes of the run's span. */
    setAttributes(id: string, attributes: Attributes): void;
    /** Adds something that happened during the run. */
    addEvent(id: string, name: string, attributes?: Attributes): void;
    /** Gives the run's span another name. */
    updateName(id: string, name: string): void;
    /**
     * Has the framework itself say which run is current: `source` gives the identifier, or undefined. From then on that run is
     * current for logs, spans and headers wherever nothing was entered inside of its body. Without a source nothing is followed
     * any more. One table is followed at a time, the last one.
     */
    follow(source?: () => string | undefined): void;
    /** Ends the runs of which, and of all below which, nothing was heard for `idle` seconds; returns how many. Starting a run does this now and then. */
    sweep(): number;
    /** What became of runs so far. */
    stats(): RunStats;
}

// runs/cost
/** What an answer used. */
export interface GenAiUsage {
    /** Name of the provider as in `gen_ai.provider.name`, or its own. */
    readonly provider?: string | undefined;
    /** Tokens of the request, those that a cache had or got included. */
    readonly inputTokens?: number | undefined;
    readonly outputTokens?: number | undefined;
    readonly cacheReadTokens?: number | undefined;
    readonly cacheWriteTokens?: number | undefined;
}
/**
 * What the answer of a model costs in US dollars, by the prices of the day as this release knows them; undefined when the
 * model's price is not known, or when no token was used. `model` is its name as the provider has it.
 */
export declare function genaiCost(model: string, usage: GenAiUsage): number | undefined;

// context/request
/**
 * Adds attributes to the wide event of the request that is being served, which the middleware of `vigie/http` writes at its end. A
 * key that was added before takes the new value. A request takes 128 keys. Outside of a request, and when it has been answered, nothing
 * happens. Never throws.
 */
export declare function event(attributes: Attributes): void;

// context/bind_emitter
/**
 * Has each listener that is added to this emitter from now on run in the context in which it was added, whoever emits: for emitters
 * that many requests share (a pool, a socket, a `Worker`). Without it a listener runs in the context of the code that emits. Returns
 * the emitter. Again it changes nothing. Throws a `TypeError` for what is no `EventEmitter`.
 */
export declare function bindEmitter<E extends EventEmitter>(emitter: E): E;

// bridges/console
/** How the console is captured. */
export interface ConsoleOptions {
    /** Whether it goes on to write to the terminal itself. Default: false. */
    readonly keepOutput?: boolean;
}
/**
 * Records what the program writes by `console.log`, `info`, `warn`, `error`, `debug` and `trace`, and by the methods that are made of these
 * (`assert`, `table`, `count`, `timeEnd`), as records of the logger `console`. The message is the text that the console would have
 * written, `template` its first argument where that has places that are filled, and `args` the values. The first error among
 * them is `error`. Every level is recorded unless `level` or `levels` of the settings say otherwise. What objects of the program
 * write while they are shown goes to the terminal. Returns what ends it. Never throws.
 */
export declare function captureConsole(options?: ConsoleOptions): () => void;

// context/propagation
/** Writes the current context, or the one given, into a carrier (its own keys, or its `set`), and returns the carrier. */
export declare function inject<C extends object>(carrier: C, context?: Context | Span): C;
/** Runs `fn` in the context that a carrier brings, on top of the current one. Returns what `fn` returns. */
export declare function extract<T>(carrier: Carrier, fn: () => T, options?: ExtractOptions): T;
/** The context that a carrier brings, on top of the current one. What is malformed counts as absent. */
export declare function contextFrom(carrier: Carrier, options?: ExtractOptions): Context;

// serverless/wrap_handler
/** How a handler is wrapped. */
export interface HandlerOptions {
    /** How long the flush at the end of an invocation may take, in milliseconds. Default: 2000, and never more than is left of the invocation's time. */
    readonly budgetMs?: number;
}
/**
 * A handler of AWS Lambda that records each invocation, and sends what was recorded before the function is frozen. For handlers that
 * return a promise, that call back, and that write to a response stream.
 *
 * Each invocation is a span of the kind `server` that continues the trace of the event: of its HTTP headers in letters of any case, or
 * of the attributes of the messages of an SQS event, to which it is linked where there are several. It has the attributes of
 * OpenTelemetry's semantic conventions (FaaS spans; AWS Lambda). When the result is known, and before it is handed on, everything is
 * flushed: for at most `budgetMs`, and never longer than the time that `context.getRemainingTimeInMillis()` leaves, less a tenth of a
 * second. Shortly before the time is over, an invocation that still runs is written as it is: its span ends with the status `error` and
 * the attribute `vigie.interrupted`, and a WARN record says so.
 *
 * The result, and what is thrown, are never changed. Throws a `TypeError` for what is no function, and for a budget that is no number.
 */
export declare function wrapHandler<A extends unknown[], R>(handler: (...args: A) => R, options?: HandlerOptions): (...args: A) => R;

// life/books
/** The exposition of all instruments: Prometheus text 0.0.4, or OpenMetrics 1.0. */
export declare function metricsText(options?: {
    readonly openmetrics?: boolean;
}): string;
/** What became of everything recorded, per output. */
export declare function stats(): Stats;

// life/capture
/** A line, parsed. */
export type Line = {
    readonly [key: string]: unknown;
};
/** What was recorded since the capture began. */
export interface Capture {
    readonly lines: readonly string[];
    readonly logs: readonly Line[];
    readonly spans: readonly Line[];
    /** Metric lines are written by each of these readings and by every flush. */
    readonly metrics: readonly Line[];
    /** Ends the capture; what it holds stays readable. */
    stop(): void;
}
/** Captures every line from here until `stop`, beside the configured outputs. */
export declare function capture(): Capture;
/** Captures what `fn` records, and what its promise does until it settles; `fn` gets the capture too. */
export declare function capture<T>(fn: (records: Capture) => T): T;
/** The lines that `{"to": "memory"}` outputs hold. */
export declare function memoryLines(): readonly string[];

// runtime/config_error
/** A configuration or instrument that cannot be used. Lists every problem at once. */
export declare class ConfigError extends Error {
    readonly name = "ConfigError";
    readonly code = "VIGIE_CONFIG";
    readonly problems: readonly ConfigProblem[];
    constructor(message: string, problems: readonly ConfigProblem[]);
}

// otel
import type * as own from './entry/otel_api.js';
export type { IdGenerator, Sampler } from './opentelemetry/decision.js';
export type { LoggerProviderOptions } from './opentelemetry/logger_provider.js';
export type { MeterProviderOptions } from './opentelemetry/meter_provider.js';
export type { Instrumentation, Registered, SdkOptions } from './opentelemetry/register.js';
export type { InstrumentationScope, ReadableSpan, Resource, SpanProcessor, TimedEvent } from './opentelemetry/readable.js';
export type { TracerProviderOptions } from './opentelemetry/tracer_provider.js';
export declare const register: typeof own.register;
export declare const TracerProvider: typeof own.TracerProvider;
export type TracerProvider = own.TracerProvider;
export declare const MeterProvider: typeof own.MeterProvider;
export type MeterProvider = own.MeterProvider;
export declare const LoggerProvider: typeof own.LoggerProvider;
export type LoggerProvider = own.LoggerProvider;
export declare const ContextManager: typeof own.ContextManager;
export type ContextManager = own.ContextManager;
export declare const Propagator: typeof own.Propagator;
export type Propagator = own.Propagator;

// opentelemetry/register
/** What `register` needs of an instrumentation. */
export interface Instrumentation {
    setTracerProvider(provider: TracerProvider): void;
    setMeterProvider(provider: MeterProvider): void;
    setLoggerProvider?(provider: LoggerProvider): void;
    getConfig(): {
        readonly enabled?: boolean;
    };
    enable(): void;
}
/** The options of the official `NodeSDK`, as far as they have an equal here. */
export interface SdkOptions extends TracerProviderOptions {
    /** Default: `service` of the settings. */
    readonly serviceName?: string | undefined;
    readonly instrumentations?: readonly (Instrumentation | readonly Instrumentation[])[] | undefined;
    /** In the place of Vigie's propagators; null for none. */
    readonly textMapPropagator?: TextMapPropagator | null | undefined;
    /** Gets spans in batches, beside Vigie's outputs. */
    readonly traceExporter?: object | undefined;
    readonly metricReaders?: readonly object[] | undefined;
    readonly views?: readonly object[] | undefined;
    readonly logRecordProcessors?: readonly object[] | undefined;
    /** Taken without effect: Vigie keeps the context, and says of the process what its configuration says. */
    readonly contextManager?: object | undefined;
    readonly autoDetectResources?: boolean | undefined;
    readonly resourceDetectors?: readonly object[] | undefined;
}
/** What stands behind the API now. */
export interface Registered {
    readonly tracerProvider: TracerProvider;
    readonly meterProvider: MeterProvider;
    readonly loggerProvider: LoggerProvider;
    /** Ends processors and readers of yours and waits until everything is out; Vigie goes on. Never rejects. */
    shutdown(): Promise<void>;
}
/**
 * Puts Vigie behind the OpenTelemetry API: context, providers of tracers, meters and loggers, propagators. Takes the settings of
 * `init`, which is called with them if there are any, and the options of the official `NodeSDK`; those that Vigie has no equal
 * for are taken without effect. Again it changes nothing but what is set up of Vigie, and enables the instrumentations. Where
 * another provider was set before, that one stays, as the API has it, and a record says so. Throws a `ConfigError` as `init`
 * does, and an error that names the package where one is needed and missing.
 */
export declare function register(options?: SdkOptions & Config): Registered;

// opentelemetry/tracer_provider
/** Options of a tracer provider, as the official one has them. */
export interface TracerProviderOptions {
    /** Asked for each span. Without it Vigie decides, which is the quick way. */
    readonly sampler?: Sampler | undefined;
    /** Makes the ids. Without it Vigie does. */
    readonly idGenerator?: IdGenerator | undefined;
    /** What span processors are shown of the process. What lines and exports say comes from Vigie's configuration. */
    readonly resource?: Resource | undefined;
    /** Who is shown each span, beside what Vigie does with it. */
    readonly spanProcessors?: readonly SpanProcessor[] | undefined;
    /** Taken without effect: `limits` of the configuration counts. */
    readonly spanLimits?: object | undefined;
}
/** A tracer provider of the OpenTelemetry API over Vigie (OpenTelemetry Trace SDK, "TracerProvider"). Its constructor throws nothing. */
export declare class TracerProvider implements api.TracerProvider, Provider {
    readonly processors: readonly SpanProcessor[];
    private readonly tracers;
    private given;
    constructor({ sampler, idGenerator, resource, spanProcessors }?: TracerProviderOptions);
    /** What the provider was told of the process. */
    get resource(): Resource;
    getTracer(name: string, version?: string, options?: {
        readonly schemaUrl?: string;
    }): api.Tracer;
    /** Waits until everything is out, in the processors and in Vigie's outputs. Never rejects. */
    forceFlush(): Promise<void>;
    /** Ends the processors and flushes Vigie, which goes on: its outputs are not the provider's alone. Never rejects. */
    shutdown(): Promise<void>;
}

// opentelemetry/meter_provider
/** Options of a meter provider, as the official one has them. */
export interface MeterProviderOptions {
    readonly resource?: Resource | undefined;
    /** They read an official provider beside Vigie's outputs, which `@opentelemetry/sdk-metrics` must be installed for. */
    readonly readers?: readonly object[] | undefined;
    /** What those readers see; Vigie's outputs are not changed by them. */
    readonly views?: readonly object[] | undefined;
}
/** A meter provider of the OpenTelemetry API over Vigie (OpenTelemetry Metrics SDK, "MeterProvider"). Its constructor throws where readers need a package that is not there. */
export declare class MeterProvider implements api.MeterProvider {
    private readonly official;
    private readonly observables;
    private readonly meters;
    constructor(options?: MeterProviderOptions);
    getMeter(name: string, version?: string, options?: {
        readonly schemaUrl?: string;
    }): api.Meter;
    /** Waits until everything is out. Never rejects. */
    forceFlush(): Promise<void>;
    /** Ends the readers and flushes Vigie, which goes on: its outputs are not the provider's alone. Never rejects. */
    shutdown(): Promise<void>;
}

// opentelemetry/logger_provider
/** Options of a logger provider, as the official one has them. */
export interface LoggerProviderOptions {
    readonly resource?: Resource | undefined;
    /** They are shown each record by an official provider beside Vigie's outputs, which `@opentelemetry/sdk-logs` must be installed for. */
    readonly processors?: readonly object[] | undefined;
}
/** A logger provider of the OpenTelemetry API over Vigie (OpenTelemetry Logs SDK, "LoggerProvider"). Its constructor throws where processors need a package that is not there. */
export declare class LoggerProvider implements api.LoggerProvider {
    private readonly official;
    private readonly loggers;
    constructor(options?: LoggerProviderOptions);
    getLogger(name: string, version?: string, options?: {
        readonly schemaUrl?: string;
    }): api.Logger;
    /** Waits until everything is out. Never rejects. */
    forceFlush(): Promise<void>;
    /** Ends the processors and flushes Vigie, which goes on: its outputs are not the provider's alone. Never rejects. */
    shutdown(): Promise<void>;
}

// opentelemetry/current
/** The context manager of the OpenTelemetry API (OpenTelemetry specification, "Context") over Vigie's context. */
export declare class ContextManager implements otel.ContextManager {
    active(): Context;
    with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(context: Context, fn: F, thisArg?: ThisParameterType<F>, ...args: A): ReturnType<F>;
    bind<T>(context: Context, target: T): T;
    private bound;
    enable(): this;
    /** Vigie's own context goes on. */
    disable(): this;
}

// opentelemetry/propagator
/** A propagator that writes and reads what Vigie does: W3C trace context, baggage and the correlation id by default. Nothing throws. */
export declare class Propagator implements TextMapPropagator {
    inject(context: Context, carrier: unknown, setter: TextMapSetter): void;
    extract(context: Context, carrier: unknown, getter: TextMapGetter): Context;
    fields(): string[];
}

// opentelemetry/decision
/** As the official SDK has it. */
export interface Sampler {
    shouldSample(context: Context, traceId: string, name: string, kind: SpanKind, attributes: Attributes, links: Link[]): SamplingResult;
    toString(): string;
}
/** As the official SDK has it. */
export interface IdGenerator {
    generateTraceId(): string;
    generateSpanId(): string;
}

// opentelemetry/readable
/** An event. */
export interface TimedEvent {
    readonly time: HrTime;
    readonly name: string;
    readonly attributes: Attributes;
    readonly droppedAttributesCount: number;
}
/** Who made a span (OpenTelemetry specification, "Instrumentation Scope"). */
export interface InstrumentationScope {
    readonly name: string;
    readonly version?: string | undefined;
    readonly schemaUrl?: string | undefined;
}
/** What a provider was told of the process. */
export interface Resource {
    readonly attributes: Attributes;
    readonly asyncAttributesPending?: boolean;
    waitForAsyncAttributes?(): Promise<void>;
    /** One with the attributes of the other over these. */
    merge(other: Resource | null): Resource;
    getRawAttributes(): [string, AttributeValue | undefined][];
}
/** A span, open or ended. Times are seconds and nanoseconds since 1970. */
export interface ReadableSpan extends Span {
    readonly name: string;
    readonly kind: SpanKind;
    readonly parentSpanContext: SpanContext | undefined;
    readonly attributes: Attributes;
    readonly status: SpanStatus;
    readonly startTime: HrTime;
    /** Zero while it is open. */
    readonly endTime: HrTime;
    /** Negative while it is open. */
    readonly duration: HrTime;
    readonly ended: boolean;
    readonly events: TimedEvent[];
    readonly links: Link[];
    readonly droppedAttributesCount: number;
    readonly droppedEventsCount: number;
    readonly droppedLinksCount: number;
    readonly resource: Resource;
    readonly instrumentationScope: InstrumentationScope;
}
/** Is shown each span. */
export interface SpanProcessor {
    onStart(span: ReadableSpan, parentContext: Context): void;
    onEnding?(span: ReadableSpan): void;
    onEnd(span: ReadableSpan): void;
    forceFlush(): Promise<void>;
    shutdown(): Promise<void>;
}

// channels
import type * as own from './diagnostics/subscribe.js';
export declare const subscribe: typeof own.subscribe;

// diagnostics/subscribe
/**
 * Makes spans and metrics, in OpenTelemetry's names, of what libraries publish on `diagnostics_channel`, from here on: requests to
 * and by `node:http`, by undici and `fetch`, routes of Fastify 5 and Express 5, commands of ioredis. Nothing is patched. A library
 * for which an instrumentation for OpenTelemetry is at work is left alone. Again it changes nothing. Returns what ends it. Never throws.
 */
export declare function subscribe(): () => void;

// http
import type * as own from './entry/http_api.js';
export type { HttpOptions } from './requests/options.js';
export declare const express: typeof own.express;
export declare const expressErrors: typeof own.expressErrors;
export declare const fastify: typeof own.fastify;
export declare const koa: typeof own.koa;
export declare const wrap: typeof own.wrap;

// requests/options
/** How requests are served. `R` is a request as the framework has it. */
export interface HttpOptions<R = unknown> {
    /** Whether to open a server span. Default: true. */
    readonly span?: boolean;
    /** Whether to write one log record for each request at its end, the wide event. Default: true. */
    readonly event?: boolean;
    /** Further context attributes of a request (`user_id`, `tenant_id` and others). What it throws costs these attributes alone. */
    readonly context?: (request: R) => Attributes | null | undefined;
    /** Paths of requests that get neither of the two, such as `/health*`; `*` stands for any text. */
    readonly skip?: readonly string[];
}

// requests/middleware
/**
 * A middleware for Express 4 and 5, and for connect, to be used in front of all others: what comes behind it runs in the context of the
 * request. Throws a `ConfigError` for options that are not accepted.
 */
export declare function express<Q extends IncomingMessage = IncomingMessage>(options?: HttpOptions<Q>): (request: Q, response: ServerResponse, next: (error?: unknown) => void) => void;
/**
 * A middleware for errors of Express, to be used behind all routes and in front of the program's own: an error that comes by is told with
 * its request, and goes on.
 */
export declare function expressErrors(): (error: unknown, request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;
/** A middleware for Koa, to be used in front of all others. Throws a `ConfigError` for options that are not accepted. */
export declare function koa<C extends KoaContext = KoaContext>(options?: HttpOptions<C>): (context: C, next: () => Promise<unknown>) => Promise<void>;
type Listener<Q, S> = (request: Q, response: S) => unknown;
/**
 * A listener of `node:http`, `node:https` or of the compatibility face of `node:http2` that serves each request as a middleware does. What
 * the listener throws, or its promise is rejected with, goes on unchanged. Throws a `TypeError` for what is no function, and a
 * `ConfigError` for options that are not accepted.
 */
export declare function wrap<Q extends object = IncomingMessage, S extends object = ServerResponse>(listener: Listener<Q, S>, options?: HttpOptions<Q>): (request: Q, response: S) => unknown;

// requests/fastify
/**
 * A plugin for Fastify 4 and 5, for all routes of the instance that it is registered at: `app.register(fastify, options)`. What comes
 * behind it runs in the context of the request. Options that are not accepted are told to Fastify as a `ConfigError`.
 */
export declare function fastify(instance: unknown, options: HttpOptions<unknown>, done: Done): void;

// pino
import type * as own from './bridges/pino.js';
export type { PinoOptions, PinoStream } from './bridges/pino.js';
export declare const stream: typeof own.stream;
export declare const mixin: typeof own.mixin;
/** The target of a transport of pino. */
declare const target: typeof own.default;
export default target;

// bridges/pino
/** What pino was told to call parts of its lines. */
export interface PinoOptions {
    /** pino's `messageKey`. Default: `msg`. */
    readonly messageKey?: string;
    /** pino's `errorKey`. Default: `err`. */
    readonly errorKey?: string;
}
/** A destination of pino. */
export interface PinoStream {
    /** Takes a line. Never throws. */
    write(line: string): void;
    /** Waits until everything recorded is out, for two seconds at most: pino asks for it where the program ends at once. */
    flushSync(): void;
    /** Waits until everything recorded is out, and calls back. */
    flush(done?: (error?: Error) => void): void;
    /** Takes what is left; Vigie goes on. */
    end(): void;
}
/**
 * A destination for pino in the program's own thread: `pino(options, stream())`, also in `pino.multistream`. Lines are taken as pino
 * wrote them, after its redaction, serializers and formatters, and are read by the core on its own thread: `level` by its number, a level of
 * the program's own with its name as `level_name`; `time`; `name` as the logger, which is `pino` without one; `msg`; `err` with its
 * causes as `error`; everything else as attributes. pino's level alone decides what is recorded, unless `level` or `levels` of
 * the settings say otherwise. Each record stands in the context of its call. Throws a `ConfigError` for options that are not accepted.
 */
export declare function stream(options?: PinoOptions): PinoStream;
/**
 * The ids and context attributes of the current context, for pino's option `mixin`: a worker thread knows nothing of the context of a
 * call, so that its target finds it in the line. Never throws.
 */
export declare function mixin(): {
    [key: string]: string | number | boolean | null;
};
/**
 * The target of a transport, which pino loads in its worker thread: `pino({ transport: { target: 'vigie/pino' } })`. It shares the outputs
 * of the process, so that `vigie.init` counts for it.
 */
export default function target(options?: PinoOptions): Writable;

// winston
import type * as own from './bridges/winston.js';
export type { WinstonInfo, WinstonOptions } from './bridges/winston.js';
export declare const Transport: typeof own.Transport;
export type Transport = own.Transport;

// bridges/winston
/** A record of winston. */
export interface WinstonInfo {
    level: string;
    message: unknown;
    [key: string | symbol]: unknown;
}
/** How a transport of winston behaves. */
export interface WinstonOptions {
    /** The least severe level that it takes; that of the logger by default. */
    readonly level?: string;
    /** Whether it takes nothing. */
    readonly silent?: boolean;
    /** Whether winston hands it exceptions that nobody catches; Vigie records those itself. */
    readonly handleExceptions?: boolean;
    readonly handleRejections?: boolean;
    /** A format of winston that this transport's records go through. */
    readonly format?: {
        transform(info: WinstonInfo, options?: unknown): WinstonInfo | boolean;
    };
}
/**
 * A transport for winston 3: `winston.createLogger({ transports: [new Transport()] })`. The message is winston's, as formats left it; the
 * level goes by its name, and by its place among the logger's where it has another one, which shows as `level_name`; `label` is the
 * logger's name, `winston` without one; an error among the arguments, or a record that is made of one, is `error`; everything else is
 * attributes. winston's levels alone decide what is recorded, unless `level` or `levels` of the settings say otherwise. Each record
 * stands in the context of its call. Nothing that it is given makes it throw.
 */
export declare class Transport extends Writable {
    level: string | undefined;
    silent: boolean;
    handleExceptions: boolean;
    handleRejections: boolean;
    format: WinstonOptions['format'];
    /** Set when a logger is piped to it. */
    levels: WinstonLogger['levels'];
    parent: WinstonLogger | undefined;
    constructor(options?: WinstonOptions);
    private piped;
    private unpiped;
    _write(info: WinstonInfo, _encoding: string, done: () => void): void;
    _writev(chunks: {
        readonly chunk: WinstonInfo;
    }[], done: () => void): void;
    /** Writes one record. winston itself calls it where it hands over what nobody caught. */
    log(info: WinstonInfo, done?: () => void): void;
    private takes;
    private record;
    private tell;
}

// nest
import type * as own from './bridges/nest.js';
export type { NestLevel } from './bridges/nest.js';
export declare const NestLogger: typeof own.NestLogger;
export type NestLogger = own.NestLogger;

// bridges/nest
/** The levels of Nest, least severe first. */
export type NestLevel = 'verbose' | 'debug' | 'log' | 'warn' | 'error' | 'fatal';
/**
 * A `LoggerService` for NestJS: `NestFactory.create(AppModule, { logger: new NestLogger() })` or `app.useLogger(new NestLogger())`. The context, which Nest
 * hands over as the last text, is the logger's name, `nest` without one. A stack that `error` and `fatal` are given becomes
 * `error`, as an error does; objects are attributes, and further texts the list `args`. Levels are those of `setLogLevels`, all by default,
 * and those of the settings where `level` or `levels` are set. Methods throw nothing.
 */
export declare class NestLogger {
    private least;
    log(message: unknown, ...rest: unknown[]): void;
    error(message: unknown, ...rest: unknown[]): void;
    warn(message: unknown, ...rest: unknown[]): void;
    debug(message: unknown, ...rest: unknown[]): void;
    verbose(message: unknown, ...rest: unknown[]): void;
    fatal(message: unknown, ...rest: unknown[]): void;
    /** As Nest has it: the least severe level of the list, and those above it. An empty list is none. */
    setLogLevels(levels: readonly NestLevel[]): void;
    private record;
}
