// Context in and out of carriers: `traceparent`, `tracestate`, `baggage` (W3C), `X-Correlation-ID`, or what the setting
// `propagators` chooses. Not for the values of the headers: see headers.ts.

import { needed } from '../runtime/calls.js'
import { begin, onBegun } from '../runtime/first_use.js'
import { HexReader } from '../runtime/hex.js'
import { state } from '../runtime/state.js'
import type { Carrier, Context, ExtractOptions, Span } from '../types.js'
import { quietly } from '../values/budget.js'
import type { Kept } from '../values/kept.js'
import { isPlain } from '../values/kinds.js'
import { pairsOf } from './carrier.js'
import { type Aside, Carried, ContextImpl, contextOf, emptyContext, NOTHING_CARRIED } from './context.js'
import { current, here, startFrom, toEnter } from './current.js'
import { inherited, type Read, read, write } from './headers.js'

// What the environment variables of the process say stands behind everything else.
onBegun(() => startFrom(onTop(emptyContext(), inherited())))

/** The headers of the default set of propagators, in lower case. */
const DEFAULT_NAMES: readonly string[] = ['traceparent', 'tracestate', 'baggage', 'x-correlation-id']

/** Writes the current context, or the one given, into a carrier (its own keys, or its `set`), and returns the carrier. */
export function inject<C extends object>(carrier: C, context?: Context | Span): C {
  if (!state.configured) begin()
  return injectFrom(carrier, context === undefined ? here() : (quietly(undefined, () => contextOf(context)) ?? here()))
}

/** Writes a context into a carrier, and returns the carrier. */
export function injectFrom<C extends object>(carrier: C, from: ContextImpl): C {
  const { isDefault, allowed } = state.settings.propagation
  const { carried } = from
  const correlation = carried?.attributes?.get('correlation_id')
  const isQuick = isDefault && (carried === null || allowed.length === 0) && (correlation === undefined || isPlainId(correlation))
  if (!isQuick) return byCoreInto(carrier, from)
  if (from.hasSpan) put(carrier, 'traceparent', from.traceparent as string)
  if (carried === null) return carrier
  const { traceState, baggage } = carried.cleaned()
  if (traceState !== '' && from.hasSpan) put(carrier, 'tracestate', traceState)
  if (baggage !== '') put(carrier, 'baggage', baggage)
  if (correlation !== undefined) put(carrier, 'X-Correlation-ID', correlation as string)
  return carrier
}

/** A short text that needs no escape. */
function isPlainId(id: unknown): boolean {
  return typeof id === 'string' && /^[\w.-]{1,64}$/.test(id)
}

/** `Headers` and `Map` have `set`, all other carriers are objects. */
function put(carrier: object, name: string, value: string): void {
  try {
    const { set } = carrier as { set?: unknown }
    if (typeof set === 'function') set.call(carrier, name, value)
    else (carrier as { [name: string]: string })[name] = value
  } catch {
    // A frozen carrier takes nothing along.
  }
}

function byCoreInto<C extends object>(carrier: C, from: ContextImpl): C {
  const carried = from.carried ?? NOTHING_CARRIED
  const headers = write(from.traceparent ?? '', carried, travelling(carried))
  for (const [name, value] of headers) put(carrier, name, value)
  return carrier
}

/** The correlation id and the context keys among `propagate`, as pairs of key and JSON text. */
function travelling(carried: Carried): string[] {
  const pairs: string[] = []
  for (const key of ['correlation_id', ...state.settings.propagation.allowed]) {
    const value = carried.attributes?.get(key)
    if (value !== undefined && value !== null && typeof value !== 'object') pairs.push(key, JSON.stringify(value))
  }
  return pairs
}

/** Runs `fn` in the context that a carrier brings, on top of the current one. Returns what `fn` returns. */
export function extract<T>(carrier: Carrier, fn: () => T, options?: ExtractOptions): T {
  const run = needed<() => T>(fn, 'vigie.extract(carrier, fn)', 'vigie.contextFrom(carrier) gives the context alone')
  return current.run(toEnter(contextFrom(carrier, options) as ContextImpl), run)
}

/** The context that a carrier brings, on top of the current one. What is malformed counts as absent. */
export function contextFrom(carrier: Carrier, options?: ExtractOptions): Context {
  if (!state.configured) begin()
  return contextOver(here(), carrier, quietly(undefined, () => options?.publicEndpoint))
}

/**
 * The context that a carrier brings, on top of another one, which it is where the carrier brings nothing. `isPublic` says for this
 * carrier what the setting `public_endpoint` says for all.
 */
export function contextOver(base: ContextImpl, carrier: Carrier, isPublic?: unknown): ContextImpl {
  try {
    const { isDefault, isPublic: isEachPublic, allowed } = state.settings.propagation
    const isStrangers = typeof isPublic === 'boolean' ? isPublic : isEachPublic
    const quick = isDefault && !isStrangers && allowed.length === 0 ? quickly(carrier, base) : undefined
    return quick ?? byCore(carrier, base, isStrangers)
  } catch {
    return base
  }
}

type Names = { readonly [name: string]: unknown }

/** Reads the default set's headers where they need no care. Undefined when anything about them is unusual. */
function quickly(carrier: Carrier, base: ContextImpl): ContextImpl | undefined {
  if (isPlain(carrier)) return plainly(carrier as Names, base)
  const { get } = carrier as { get?: unknown }
  if (typeof get !== 'function') return undefined
  const text = (name: string): unknown => get.call(carrier, name) ?? ''
  return checked(base, text('traceparent'), text('tracestate'), text('baggage'), text('x-correlation-id') || text('X-Correlation-ID'))
}

/** Headers as those of Node's requests. */
function plainly(carrier: Names, base: ContextImpl): ContextImpl | undefined {
  let traceparent: unknown = ''
  let traceState: unknown = ''
  let baggage: unknown = ''
  let correlation: unknown = ''
  for (const name in carrier) {
    switch (name.length) {
      case 7:
        if (name === 'baggage') baggage = carrier[name]
        else if (isOurs(name)) return undefined
        break
      case 10:
        if (name === 'tracestate') traceState = carrier[name]
        else if (isOurs(name)) return undefined
        break
      case 11:
        if (name === 'traceparent') traceparent = carrier[name]
        else if (isOurs(name)) return undefined
        break
      case 16:
        if (isOurs(name) && correlation !== '') return undefined
        if (isOurs(name)) correlation = carrier[name]
        break
    }
  }
  return checked(base, traceparent, traceState, baggage, correlation)
}

function checked(
  base: ContextImpl,
  traceparent: unknown,
  traceState: unknown,
  baggage: unknown,
  correlation: unknown,
): ContextImpl | undefined {
  if (typeof traceparent !== 'string' || typeof traceState !== 'string' || typeof baggage !== 'string') return undefined
  if (correlation !== '' && !isPlainId(correlation)) return undefined
  return assembled(base, traceparent, traceState, baggage, correlation as string)
}

function isOurs(name: string): boolean {
  return DEFAULT_NAMES.includes(name.toLowerCase())
}

function assembled(
  base: ContextImpl,
  traceparent: string,
  traceState: string,
  baggage: string,
  correlation: string,
): ContextImpl | undefined {
  if (traceparent === '' && baggage === '' && correlation === '') return base
  const before = base.carried
  // Members of two lists have to be merged.
  if (baggage !== '' && before !== null && before.baggage !== '') return undefined
  const attributes = before === null ? null : before.attributes
  const carried = new Carried(
    correlation === '' ? attributes : new Map(attributes).set('correlation_id', correlation),
    traceparent === '' ? (before?.traceState ?? '') : traceState,
    baggage === '' ? (before?.baggage ?? '') : baggage,
    false,
    before === null ? null : before.others,
    traceparent === '' ? (before?.aside ?? null) : null,
    before === null ? null : before.request,
  )
  return traceparent === '' ? base.carrying(carried) : remote(traceparent, carried)
}

/** The flags sampled and random. */
const MOST_FLAGS = 3

/** Reads `00-<32 hex>-<16 hex>-<2 hex>` with neither identifier zero. Anything else is for the core to judge. */
function remote(text: string, carried: Carried): ContextImpl | undefined {
  if (text.length !== 55 || !text.startsWith('00-') || text.charCodeAt(35) !== 45 || text.charCodeAt(52) !== 45) {
    return undefined
  }
  const hex = new HexReader()
  const t0 = hex.word(text, 3, 8)
  const t1 = hex.word(text, 11, 8)
  const t2 = hex.word(text, 19, 8)
  const t3 = hex.word(text, 27, 8)
  const s0 = hex.word(text, 36, 8)
  const s1 = hex.word(text, 44, 8)
  const flags = hex.word(text, 53, 2)
  if (!hex.isValid || (t0 | t1 | t2 | t3) === 0 || (s0 | s1) === 0 || flags > MOST_FLAGS) return undefined
  const context = new ContextImpl(t0, t1, t2, t3, s0, s1, flags, true, carried, null)
  context.header = text
  return context
}

function byCore(carrier: Carrier, base: ContextImpl, isPublic: boolean): ContextImpl {
  const pairs = pairsOf(carrier)
  if (pairs.length === 0) return base
  return onTop(base, read(base.carried?.baggage ?? '', pairs, isPublic))
}

/** What the core read, on top of a context. */
function onTop(base: ContextImpl, { trace, traceState, baggage, attributes, isDebug, linked }: Read): ContextImpl {
  const before = base.carried ?? NOTHING_CARRIED
  if (linked !== null) return besides(before, contextOfNumbers(linked, null))
  const came = Object.entries(attributes)
  if (trace === null && came.length === 0 && baggage === before.baggage) return base
  const merged = new Map<string, Kept>(before.attributes)
  for (const [key, value] of came) merged.set(key, value)
  const carried = new Carried(
    merged.size === 0 ? null : merged,
    trace === null ? before.traceState : traceState,
    baggage,
    false,
    before.others,
    trace === null ? before.aside : isDebug ? DEBUG : null,
    before.request,
  )
  return trace === null ? base.carrying(carried) : contextOfNumbers(trace, carried)
}

/** The remote side asked for its trace to be kept by all means. */
const DEBUG: Aside = { isDebug: true, linked: null }

/** What is carried, without a span: what starts here begins a trace of its own and links to the remote span. */
function besides(before: Carried, linked: ContextImpl): ContextImpl {
  const { attributes, baggage, others, request } = before.cleaned()
  return emptyContext().carrying(new Carried(attributes, '', baggage, true, others, { isDebug: false, linked }, request))
}

function contextOfNumbers(numbers: readonly number[], carried: Carried | null): ContextImpl {
  const [t0 = 0, t1 = 0, t2 = 0, t3 = 0, s0 = 0, s1 = 0, flags = 0] = numbers
  return new ContextImpl(t0, t1, t2, t3, s0, s1, flags, true, carried, null)
}
