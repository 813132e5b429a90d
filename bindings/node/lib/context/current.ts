// The current context: which one it is, and how to run code in another.
// Not for the headers that it travels in: see propagation.ts.

import { AsyncLocalStorage } from 'node:async_hooks'
import { needed } from '../runtime/calls.js'
import { begin } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import type { Attributes, Context, Span } from '../types.js'
import { quietly } from '../values/budget.js'
import { keepBehind } from '../values/kept.js'
import { body, type Followed, nearest, placed } from './beside.js'
import { type ContextImpl, contextOf, emptyContext, instead, NOTHING_CARRIED } from './context.js'

/** Options of `withContext`. */
export interface ContextOptions {
  /** Baggage members that travel with every call from here on. */
  readonly baggage?: { readonly [key: string]: string }
}

/** Knows the current context of every asynchronous task. */
export const current = new AsyncLocalStorage<ContextImpl>()
/** The context outside of any other. */
let initial = emptyContext()

/** From here on, this is the context outside of any other. */
export function startFrom(context: ContextImpl): void {
  initial = context
}

/** The framework whose runs are followed. */
let followed: Followed | null = null

/** Has a framework say which run is current; null: none is followed any more. */
export function follow(source: Followed | null): void {
  followed = source
}

/** Who is followed. */
export function followedNow(): Followed | null {
  return followed
}

/** What stands in the store when this context is made current. */
export function toEnter(context: ContextImpl): ContextImpl {
  return followed === null ? context : placed(context, followed, current.getStore())
}

/** Runs `fn` in the body of a run. */
export function inBody<T>(context: ContextImpl, run: string, fn: () => T): T {
  return current.run(body(context, run, followed, current.getStore()), fn)
}

/** The context in force here. */
export function here(): ContextImpl {
  const found = current.getStore() ?? initial
  if (followed !== null) return nearest(found, followed, initial)
  return found.under !== null && found.under.ended ? instead(found, initial) : found
}

/** Runs `fn` outside of any context: what it starts would otherwise keep the context for ever. */
export function outside<T>(fn: () => T): T {
  return current.exit(fn)
}

/** The context in force here. */
export function currentContext(): Context {
  if (!state.configured) begin()
  return here()
}

/**
 * Runs `fn` with these attributes on every record made inside, through timers, events and promises; or inside of a context
 * or span that is given as it is. Returns what `fn` returns.
 */
export function withContext<T>(scope: Attributes | Context | Span, fn: () => T, options?: ContextOptions): T {
  const run = needed<() => T>(fn, 'vigie.withContext(attributes, fn)', 'the attributes are on every record that is made inside of it')
  if (!state.configured) begin()
  const context = quietly(undefined, () => entered(scope, options?.baggage)) ?? here()
  return current.run(toEnter(context), run)
}

/** What is to be current where a span or a context was given: a context is carried on, also when its span has ended. */
export function given(scope: unknown): ContextImpl | undefined {
  const context = contextOf(scope)
  return context === scope ? context?.kept() : context
}

function entered(scope: object, baggage: { readonly [key: string]: string } | undefined): ContextImpl {
  const base = given(scope) ?? extended(here(), scope)
  return baggage === undefined ? base : base.withBaggage(baggage)
}

/** `base` with more attributes. The last value of a key wins at its first place. */
function extended(base: ContextImpl, attributes: object): ContextImpl {
  const carried = base.carried ?? NOTHING_CARRIED
  return base.carrying(carried.withAttributes(keepBehind(carried.attributes, attributes)))
}
