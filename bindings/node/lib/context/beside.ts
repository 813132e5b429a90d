// What is current beside a framework that has runs of its own: it says itself which of them is current, and what was entered
// inside of that run's body is nearer than the run. Nothing is attached for a run, so that nothing can be left attached.
// Not for programs without such a framework: see current.ts.

import { quietly } from '../values/budget.js'
import { ContextImpl, instead, openAbove } from './context.js'

/** A framework that is followed. */
export interface Followed {
  /** The identifier of the run that the framework calls current; undefined where none is. Never throws. */
  run(): string | undefined
  /** What the body of an open run stands in. */
  context(run: string): ContextImpl | undefined
}

/** A context that was made current while a framework was followed. */
export class Entered extends ContextImpl {
  constructor(
    context: ContextImpl,
    /** The run that the framework called current then. */
    readonly within: string | undefined,
    /** The run in whose body that was, which is another one where a body was entered that the framework does not call current. */
    readonly run: string | undefined,
    /** The run whose body this is, if it is one. Nobody leaves it: it counts for nothing once the run has ended. */
    readonly body: string | undefined,
    /** What was current before the body. */
    readonly before: ContextImpl | undefined,
  ) {
    super(context.t0, context.t1, context.t2, context.t3, context.s0, context.s1, context.flags, context.isRemote, context.carried, context.under)
    this.header = context.header
    this.mapping = context.mapping
    if (context.under === null) this.span = context.span
  }
}

/** The context as it is made current behind `before`. */
export function placed(context: ContextImpl, followed: Followed, before: ContextImpl | undefined): ContextImpl {
  const within = followed.run()
  const run = before instanceof Entered && before.within === within ? before.run : within
  return new Entered(context, within, run, undefined, undefined)
}

/** The context of the body of a run, as it is made current behind `before`. */
export function body(context: ContextImpl, run: string, followed: Followed | null, before: ContextImpl | undefined): ContextImpl {
  // Bodies that have ended are not kept, or runs that start each other would stay for ever.
  return new Entered(context, followed?.run(), run, run, followed === null ? undefined : standing(before, followed))
}

/** What stands in the store, bodies of runs that have ended passed over. */
function standing(found: ContextImpl | undefined, followed: Followed): ContextImpl | undefined {
  let next = found
  while (next instanceof Entered && next.body !== undefined && followed.context(next.body) === undefined) next = next.before
  return next
}

/**
 * The nearer of the run that the framework calls current and of what was entered. The latter is, when the same run was current
 * as it was entered: that was in the run's body. Otherwise the run began after it.
 */
export function nearest(store: ContextImpl, followed: Followed, initial: ContextImpl): ContextImpl {
  const found = standing(store, followed) ?? initial
  const id = followed.run()
  const run = id === undefined || isInBody(found, id) ? undefined : followed.context(id)
  return run ?? (found.under?.ended === true ? instead(found, initial) : found)
}

/** Whether it was entered in the body of the run, and stands there still: when no span above it is open, the run is next. */
function isInBody(found: ContextImpl, run: string): found is Entered {
  if (!(found instanceof Entered) || found.within !== run) return false
  return found.under?.ended !== true || openAbove(found.under) !== null
}

/** What was entered in the body of a run and stands there still: what starts in it is a part of it. */
export function inside(store: ContextImpl | undefined, run: string, followed: Followed): ContextImpl | undefined {
  const found = standing(store, followed)
  if (!(found instanceof Entered) || found.body === run || (found.within !== run && found.run !== run)) return undefined
  if (found.under?.ended !== true) return found
  return openAbove(found.under) === null ? undefined : instead(found, found)
}

/** What a function of an adapter says is current; undefined for anything but a text. */
export function asked(source: () => unknown): string | undefined {
  const said = quietly<unknown>(undefined, source)
  return typeof said === 'string' ? said : undefined
}
