// The current context: which one it is, how to run code in another, how a batch gets to know it.
// Not for headers (lib/propagation.ts) nor for making spans (lib/span.ts).

import { type Columns, OP_BOUND, OP_CARRIED, OP_CONTEXT } from './columns.js'
import { Carried, ContextImpl, emptyContext, type Kept } from './context.js'
import { encode, Encoded, replay } from './encoded.js'
import { addBaggage } from './headers.js'
import { begin } from './lifecycle.js'
import type { LoggerImpl } from './logger.js'
import { putValue } from './convert.js'
import { SpanImpl } from './span.js'
import { state } from './state.js'
import * as tag from './tags.js'
import { quietly } from './text.js'
import type { Attributes, Context, Span } from './types.js'
import { Walk } from './walk.js'

/** Options of `withContext`. */
export interface ContextOptions {
  /** Baggage members that travel with every call from here on. */
  readonly baggage?: { readonly [key: string]: string }
}

/** The context in force here. */
export function currentContext(): Context {
  if (!state.configured) begin()
  return here()
}

// Here and not in lib/state.ts, which contexts themselves are built on.
state.initial = emptyContext()

/** The same, inside the package. */
export function here(): ContextImpl {
  return state.current.getStore() ?? state.initial
}

/**
 * Runs `fn` with these attributes on every record made inside, through timers, events and promises; or inside of a context
 * or span that is given as it is. Returns what `fn` returns.
 */
export function withContext<T>(scope: Attributes | Context | Span, fn: () => T, options?: ContextOptions): T {
  if (!state.configured) begin()
  const context = quietly(undefined, () => entered(scope, options?.baggage)) ?? here()
  return state.current.run(context, fn)
}

function entered(scope: object, baggage: { readonly [key: string]: string } | undefined): ContextImpl {
  const given = contextOf(scope)
  const base = given ?? extended(here(), scope)
  return baggage === undefined ? base : addBaggage(base, baggage)
}

/** The context of a span or a context; undefined for anything else. A revoked proxy throws. */
export function contextOf(scope: unknown): ContextImpl | undefined {
  if (scope instanceof ContextImpl) return scope
  if (scope instanceof SpanImpl) return scope.context
  return undefined
}

/** `base` with more attributes: the last value of a key wins at its first place. */
function extended(base: ContextImpl, attributes: object): ContextImpl {
  const { carried } = base
  const merged = keep(carried?.attributes ?? null, attributes)
  return base.carrying(
    new Carried(merged, carried?.traceState ?? '', carried?.baggage ?? '', carried?.clean ?? true),
  )
}

/** Attributes to be written later, as they are now. */
export function keep(base: ReadonlyMap<string, Kept> | null, attributes: unknown): ReadonlyMap<string, Kept> {
  const merged = new Map(base)
  if (typeof attributes !== 'object' || attributes === null) return merged
  const walk = new Walk()
  const limit = state.settings.limits.attributes + 1
  for (const key of namesOf(attributes)) {
    if (merged.size > limit) break
    const value = walk.read(attributes, key)
    if (value !== undefined) merged.set(key, kept(value, walk))
  }
  return merged
}

function namesOf(attributes: object): readonly string[] {
  try {
    return Object.keys(attributes)
  } catch {
    return []
  }
}

/** A scalar as it is; anything that could change, written with tags. */
export function kept(value: unknown, walk: Walk): Kept {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  return encode((c) => {
    if (value === Walk.THREW) tag.putMark(c, tag.GETTER_THREW)
    else putValue(c, value, walk)
  })
}

/** Writes kept attributes as tagged members up to an end tag. */
export function putKept(c: Columns, attributes: ReadonlyMap<string, Kept> | null): void {
  if (attributes !== null) {
    const walk = new Walk()
    for (const [key, value] of attributes) {
      tag.putText(c, tag.T_KEY, key)
      if (value instanceof Encoded) replay(c, value)
      else putValue(c, value, walk)
    }
  }
  tag.putTag(c, tag.T_END)
}

/** The number of a context in this batch; 0 is the empty context. */
export function place(c: Columns, context: ContextImpl): number {
  if (context.serial === c.serial) return context.place
  const carried = placeCarried(c, context.carried)
  if (!context.hasSpan && carried === 0) return 0
  c.roomInts(9)
  const { ints } = c
  let i = c.intCount
  ints[i++] = OP_CONTEXT
  ints[i++] = context.t0
  ints[i++] = context.t1
  ints[i++] = context.t2
  ints[i++] = context.t3
  ints[i++] = context.s0
  ints[i++] = context.s1
  ints[i++] = context.flags
  ints[i++] = carried
  c.intCount = i
  context.place = ++c.contexts
  context.serial = c.serial
  return context.place
}

/** The number of carried attributes in this batch; 0 is none. */
export function placeCarried(c: Columns, carried: Carried | null): number {
  if (carried === null || carried.attributes === null || carried.attributes.size === 0) return 0
  if (carried.serial === c.serial) return carried.place
  tag.putTag(c, OP_CARRIED)
  putKept(c, carried.attributes)
  carried.place = ++c.carried
  carried.serial = c.serial
  return carried.place
}

/** The number of a bound logger in this batch. */
export function placeBound(c: Columns, logger: LoggerImpl): number {
  c.roomInts(2)
  c.ints[c.intCount++] = OP_BOUND
  c.ints[c.intCount++] = logger.family.number
  putKept(c, logger.bound)
  logger.place = ++c.bounds
  logger.serial = c.serial
  return logger.place
}
