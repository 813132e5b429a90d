// Starting spans, running code inside of them, and finding the current one.
// Not for what a span keeps: see span.ts.

import { kindNumber } from '../batch/span_kinds.js'
import { SpanKind } from '../batch/wire.js'
import { type ContextImpl, contextOf } from '../context/context.js'
import { current, given, here, toEnter } from '../context/current.js'
import { needed } from '../runtime/calls.js'
import { begin } from '../runtime/first_use.js'
import { instant } from '../runtime/instant.js'
import { state } from '../runtime/state.js'
import type { Attributes, Span, SpanOptions } from '../types.js'
import { quietly } from '../values/budget.js'
import { nameText } from '../values/describe.js'
import { watch } from '../values/promises.js'
import { make } from './make.js'
import { NoSpan } from './no_span.js'
import type { SpanImpl } from './span.js'

/**
 * Runs `fn` inside of a new span and ends the span when `fn` has returned or its promise has settled. What `fn` throws is
 * recorded, sets the status to `error`, and is thrown on. Returns what `fn` returns, the same promise too; other thenables
 * are not asked for their value.
 */
export function span<T>(name: string, fn: (span: Span) => T): T
export function span<T>(name: string, attributes: Attributes, fn: (span: Span) => T): T
export function span<T>(name: string, attributes: Attributes, fn: (span: Span) => T, options: SpanOptions): T
export function span<T>(name: string, a: Attributes | ((span: Span) => T), b?: (span: Span) => T, options?: SpanOptions): T {
  const fn = typeof a === 'function' ? a : needed<(span: Span) => T>(b, 'vigie.span(name, attributes, fn)', 'vigie.startSpan(name) starts a span without one')
  const attributes = typeof a === 'object' && a !== null ? a : undefined
  const made = start(name, options, attributes)
  if (attributes !== undefined) made.setAttributes(attributes)
  let result: T
  try {
    result = current.run(toEnter(made.context), fn, made)
  } catch (error) {
    made.fail(error)
    throw error
  }
  if (typeof result !== 'object' || !watch(result, () => made.end(), (error) => made.fail(error))) made.end()
  return result
}

/** Starts a span that the caller ends. It does not become current: see `withSpan`. */
export function startSpan(name: string, options?: SpanOptions): Span {
  return start(name, options, undefined)
}

/**
 * The current span: the innermost open one that this code runs in; in the body of a framework's run that run's, which takes
 * attributes, events and another name, and ends with the run. Where there is none, or where it is another process's, a span
 * that keeps nothing: its `isRecording` is false, and its context is `currentContext()`. Never undefined.
 */
export function currentSpan(): Span {
  if (!state.configured) begin()
  const context = here()
  const { span } = context.under ?? context
  return span !== null && !span.context.ended ? span : new NoSpan(context)
}

/** Runs `fn` with this span as the current one until it ends; does not end it. Returns what `fn` returns. */
export function withSpan<T>(span: Span, fn: () => T): T {
  const run = needed<() => T>(fn, 'vigie.withSpan(span, fn)', 'the span is current inside of it')
  return current.run(toEnter(quietly(undefined, () => given(span)) ?? here()), run)
}

/** `startSpan`, for those who end the span with what went wrong. */
export function startSpanOf(name: string, options: SpanOptions): SpanImpl {
  return start(name, options, undefined)
}

/** `attributes` are what the span is about to be told beside its options, for rules that ask. */
function start(name: string, options: SpanOptions | undefined, attributes: Attributes | undefined): SpanImpl {
  if (!state.configured) begin()
  const around = here()
  const text = nameText(name)
  const started = options === undefined ? undefined : quietly(undefined, () => startWith(text, options, around, attributes))
  return started ?? make(text, SpanKind.INTERNAL, '', around, around, around.under, undefined, attributes)
}

function startWith(name: string, options: SpanOptions, around: ContextImpl, asked: Attributes | undefined): SpanImpl {
  const { kind, scope, startTime, attributes, links } = options
  const parent = options.parent === undefined ? around : (contextOf(options.parent) ?? null)
  const number = kindNumber(kind)
  const base = parent ?? around
  const made = make(name, number, scope === undefined ? '' : nameText(scope), base, parent, base.under ?? around.under, instant(startTime), asked ?? attributes)
  if (typeof attributes === 'object' && attributes !== null) made.setAttributes(attributes)
  if (Array.isArray(links)) for (const link of links) made.addLink(link)
  return made
}
