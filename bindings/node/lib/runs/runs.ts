// Runs: pieces of work that a framework announces by callbacks, each under an identifier of its own.
// Not for what stands in columns: see write_run.ts. Not for what is current in a run's body: see context/beside.ts.

import { binding } from '#native'
import type { Columns } from '../batch/columns.js'
import { Run, RunTold } from '../batch/wire.js'
import { asked, inside } from '../context/beside.js'
import { Carried, ContextImpl, contextOf } from '../context/context.js'
import { current, follow, followedNow, here, inBody } from '../context/current.js'
import type { Read } from '../context/headers.js'
import { needed } from '../runtime/calls.js'
import { begin } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import type { Attributes, Context, RunEndOptions, RunOptions, RunRules, RunStats, RunSummary } from '../types.js'
import { quietly } from '../values/budget.js'
import { nameText } from '../values/describe.js'
import { keep, putKept } from '../values/kept.js'
import { encode } from '../values/snapshot.js'
import { RunSpan } from './run_span.js'
import { putEnd, putStart, stateName, through, type Where } from './write_run.js'

const NOTHING = {}
/** What the core tells of a run that has ended. */
const summary = new Float64Array(RunTold.COUNT)

/** A number that is more than zero. */
function bound(name: string, given: unknown, byDefault: number): number {
  if (given === undefined) return byDefault
  if (typeof given === 'number' && given > 0) return given
  throw new RangeError(`${name} must be a number more than 0, not ${String(given)}`)
}

/**
 * The open runs of one framework. For adapters, whose callbacks become spans with one call each: a run's parent is found by
 * its identifier, never by what happens to be current. What is left open below a run ends with it; what nothing was heard of
 * for `idle` seconds is ended as abandoned. Throws a `RangeError` for a rule that is no number above zero; the methods throw
 * nothing, and one about a run that is not open does nothing and is counted.
 */
export class Runs {
  /** @internal */
  private readonly number: number
  /** The last context that was asked for: nearly always the next one, too. @internal */
  private lastId = ''
  /** @internal */
  private last: ContextImpl | undefined
  /** @internal */
  private readonly followed = { run: (): string | undefined => undefined, context: (id: string) => this.of(id) }

  constructor(rules: RunRules = NOTHING) {
    this.number = binding.runs(bound('open', rules.open, 10_000), bound('idle', rules.idle, 3600), bound('spans', rules.spans, 1000))
  }

  /**
   * Starts a run. When the table does not know `parentId`, it stands in `context`, or else in the current one. What its body
   * stands in is current inside of `enter`, and wherever the framework that is followed says that it is.
   */
  start(id: string, name: string, options: RunOptions = NOTHING): void {
    if (!state.configured) begin()
    this.lastId = ''
    quietly(undefined, () => this.begin(nameText(id), nameText(name), options))
  }

  /** @internal */
  private begin(id: string, name: string, options: RunOptions): void {
    const parent = typeof options.parentId === 'string' ? options.parentId : ''
    const keeps = typeof options.keep === 'string' ? options.keep : ''
    const attempt = (where: Where): number | undefined =>
      through(
        (c: Columns) => putStart(c, name, options, where),
        ({ text, ints, intCount, nums, numCount }) => binding.runStart(this.number, id, parent, text, ints, intCount, nums, numCount, keeps),
      )
    if (parent !== '') {
      const followed = followedNow()
      const nearer = followed === null ? undefined : inside(current.getStore(), parent, followed)
      if (attempt({ context: undefined, nearer }) !== Run.PARENT_UNKNOWN) return
    }
    attempt({ context: contextOf(options.context) ?? here(), nearer: undefined })
  }

  /** Says that another piece of the run's answer came. The times of the first and the last are kept, and how many. */
  chunk(id: string): void {
    binding.runChunk(this.number, id)
  }

  /**
   * Ends a run, and before it those that are open below it. Undefined when it is not open. What is said to be `ok` is
   * `interrupted` when a run right below it was, and `abandoned` when one below it is open amid its chunks.
   */
  end(id: string, options: RunEndOptions = NOTHING): RunSummary | undefined {
    this.lastId = ''
    return quietly(undefined, () => {
      const kept = through(
        (c) => putEnd(c, options),
        ({ text, ints, intCount, nums, numCount }) => binding.runEnd(this.number, id, text, ints, intCount, nums, numCount, summary),
      )
      if (kept === undefined) return undefined
      const at = (place: RunTold): number => summary[place] as number
      const time = (seconds: number): number | undefined => (seconds < 0 ? undefined : seconds)
      return {
        state: stateName(at(RunTold.STATE)),
        duration: at(RunTold.DURATION),
        chunks: at(RunTold.CHUNKS),
        firstChunk: time(at(RunTold.FIRST_CHUNK)),
        chunkInterval: time(at(RunTold.CHUNK_INTERVAL)),
        kept: kept === '' ? undefined : kept,
      }
    })
  }

  /** What the body of an open run stands in; undefined when the run is not open. */
  context(id: string): Context | undefined {
    return this.of(id)
  }

  /** @internal */
  private of(id: string): ContextImpl | undefined {
    if (this.lastId === id) return this.last
    const context = quietly(undefined, () => read(binding.runContext(this.number, id)))
    if (context !== undefined) context.span = new RunSpan(context, this, id)
    this.last = context
    this.lastId = id
    return this.last
  }

  /** The text that was kept with an open run; undefined when it is not open. */
  kept(id: string): string | undefined {
    return quietly(undefined, () => binding.runKept(this.number, id) ?? undefined)
  }

  /** Runs `fn` in the body of a run, if it is open. Returns what `fn` returns. */
  enter<T>(id: string, fn: () => T): T {
    const run = needed<() => T>(fn, 'runs.enter(id, fn)', 'the run is current inside of it')
    const context = this.of(id)
    return context === undefined ? run() : inBody(context, id, run)
  }

  /** Sets attributes of the run's span. */
  setAttributes(id: string, attributes: Attributes): void {
    quietly(undefined, () => binding.runSet(this.number, id, ...written(attributes)))
  }

  /** Adds something that happened during the run. */
  addEvent(id: string, name: string, attributes?: Attributes): void {
    quietly(undefined, () => binding.runEvent(this.number, id, nameText(name), ...written(attributes)))
  }

  /** The name of an open run's span; undefined where nothing is kept of it. @internal */
  spanName(id: string): string | undefined {
    return quietly(undefined, () => binding.runSpanName(this.number, id) ?? undefined)
  }

  /** Gives the run's span another name. */
  updateName(id: string, name: string): void {
    quietly(undefined, () => binding.runName(this.number, id, nameText(name)))
  }

  /**
   * Has the framework itself say which run is current: `source` gives the identifier, or undefined. From then on that run is
   * current for logs, spans and headers wherever nothing was entered inside of its body. Without a source nothing is followed
   * any more. One table is followed at a time, the last one.
   */
  follow(source?: () => string | undefined): void {
    if (source !== undefined) {
      this.followed.run = () => asked(source)
      follow(this.followed)
    } else if (followedNow() === this.followed) follow(null)
  }

  /** Ends the runs of which, and of all below which, nothing was heard for `idle` seconds; returns how many. Starting a run does this now and then. */
  sweep(): number {
    this.lastId = ''
    return binding.runSweep(this.number)
  }

  /** What became of runs so far. */
  stats(): RunStats {
    return JSON.parse(binding.runCounts(this.number)) as RunStats
  }
}

/** The attributes of one call. */
function written(attributes: unknown): readonly [string, Int32Array, Float64Array] {
  const kept = keep(null, attributes)
  const { text, ints, nums } = encode((c) => putKept(c, kept))
  return [text, Int32Array.from(ints), Float64Array.from(nums)]
}

/** A context as the core tells it. */
function read(told: string | null): ContextImpl | undefined {
  if (told === null) return undefined
  const { trace, traceState, baggage, attributes } = JSON.parse(told) as Read
  const kept = keep(null, attributes)
  // The core knows nothing of requests; the framework that is followed runs within the one that is current.
  const request = current.getStore()?.carried?.request ?? null
  const isBare = kept.size === 0 && traceState === '' && baggage === '' && request === null
  const carried = isBare ? null : new Carried(kept, traceState, baggage, true, null, null, request)
  const [t0 = 0, t1 = 0, t2 = 0, t3 = 0, s0 = 0, s1 = 0, flags = 0] = trace ?? []
  return new ContextImpl(t0, t1, t2, t3, s0, s1, flags, false, carried, null)
}
