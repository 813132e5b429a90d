// Context in and out of carriers: `traceparent`, `tracestate`, `baggage` (W3C), `X-Correlation-ID`.
// Not for the values of the headers: see lib/headers.ts.

import { Carried, ContextImpl, type Kept } from './context.js'
import { here } from './current.js'
import { ANY_TRACE, cleaned, render, type Rendered, travelling } from './headers.js'
import { isHex, parse32 } from './hex.js'
import { begin } from './lifecycle.js'
import { state } from './state.js'
import type { Carrier, Context } from './types.js'

const CORRELATION = 'X-Correlation-ID'

/** Writes the current context, or the one given, into a carrier (its own keys, or its `set`), and returns the carrier. */
export function inject<C extends object>(carrier: C, context?: Context): C {
  if (!state.configured) begin()
  const from = context instanceof ContextImpl ? context : here()
  const set = setter(carrier)
  const { propagators } = state.settings
  if (from.hasSpan && propagators.traceContext) set('traceparent', from.traceparent as string)
  const { carried } = from
  if (carried === null) return carrier
  if (state.settings.propagate.length > 0 || needsCore(carried)) return injectByCore(from, carried, set, carrier)
  const { traceState, baggage, attributes } = cleaned(carried)
  if (traceState !== '' && from.hasSpan && propagators.traceContext) set('tracestate', traceState)
  if (baggage !== '' && propagators.baggage) set('baggage', baggage)
  const correlation = attributes?.get('correlation_id')
  if (correlation !== undefined && propagators.correlationId) set(CORRELATION, correlation as string)
  return carrier
}

/** Whether the correlation id is anything but a short plain text. */
function needsCore({ attributes }: Carried): boolean {
  const id = attributes?.get('correlation_id')
  return id !== undefined && !(typeof id === 'string' && /^[\w.-]{1,64}$/.test(id))
}

function injectByCore<C>(from: ContextImpl, carried: Carried, set: (name: string, value: string) => void, carrier: C): C {
  const { traceState, baggage, attributes } = carried
  const pairs = travelling(carried)
  const correlation = attributes?.get('correlation_id')
  if (correlation !== undefined && correlation !== null && typeof correlation !== 'object') {
    pairs.push('correlation_id', JSON.stringify(correlation))
  }
  const { headers } = render(['traceparent', ANY_TRACE, 'tracestate', traceState, 'baggage', baggage], [], pairs)
  for (const [name, value] of Object.entries(headers)) {
    if (name !== 'traceparent' && (name !== 'tracestate' || from.hasSpan)) set(name, value)
  }
  return carrier
}

/** How a carrier takes a header: `Headers` and `Map` have `set`, all others are objects. */
function setter(carrier: object): (name: string, value: string) => void {
  const { set } = carrier as { set?: unknown }
  if (typeof set === 'function') return (name, value) => void set.call(carrier, name, value)
  const members = carrier as { [name: string]: string }
  return (name, value) => {
    members[name] = value
  }
}

/** Runs `fn` in the context that a carrier brings, on top of the current one. Returns what `fn` returns. */
export function extract<T>(carrier: Carrier, fn: () => T): T {
  return state.current.run(contextFrom(carrier) as ContextImpl, fn)
}

/** The context that a carrier brings, on top of the current one. What is malformed counts as absent. */
export function contextFrom(carrier: Carrier): Context {
  if (!state.configured) begin()
  const base = here()
  const found = new Found()
  try {
    found.search(carrier)
  } catch {
    return base
  }
  return found.careful ? byCore(base, found) : plainly(base, found)
}

/** The headers of a carrier that matter. */
class Found {
  traceparent = ''
  traceState = ''
  baggage = ''
  correlation = ''
  /** Something is unusual: the core decides. */
  careful = state.settings.propagate.length > 0 || !state.settings.propagators.all
  /** All of them, as pairs. */
  readonly pairs: string[] = []

  search(carrier: Carrier): void {
    const { get } = carrier as { get?: unknown }
    if (typeof get === 'function') {
      for (const name of ['traceparent', 'tracestate', 'baggage', 'x-correlation-id']) {
        this.take(name, name, get.call(carrier, name) ?? (name.startsWith('x') ? get.call(carrier, CORRELATION) : undefined))
      }
    } else {
      for (const name in carrier) {
        const { length } = name
        if (length === 11 || length === 7 || length === 10 || length === 16) this.consider(carrier, name)
      }
    }
  }

  private consider(carrier: Carrier, name: string): void {
    const lower = name.toLowerCase()
    if (lower === 'traceparent' || lower === 'baggage' || lower === 'tracestate' || lower === 'x-correlation-id') {
      this.take(name, lower, (carrier as { [name: string]: unknown })[name])
    }
  }

  private take(name: string, lower: string, value: unknown): void {
    if (value === undefined || value === null) return
    for (const one of Array.isArray(value) ? value : [value]) this.pairs.push(lower, String(one))
    // The same header under another spelling would be a second one.
    if (typeof value !== 'string' || (name !== lower && lower !== 'x-correlation-id')) this.careful = true
    else if (lower === 'traceparent') this.traceparent = value
    else if (lower === 'tracestate') this.traceState = value
    else if (lower === 'baggage') this.baggage = value
    else if (this.correlation !== '' || !/^[\w.-]{1,64}$/.test(value)) this.careful = true
    else this.correlation = value
  }
}

/** `00-<32 hex>-<16 hex>-<2 hex>`, neither identifier zero. */
function isTraceparent(text: string): boolean {
  return (
    text.length === 55 && text.startsWith('00-') && text.charCodeAt(35) === 45 && text.charCodeAt(52) === 45 &&
    isHex(text, 3, 32) && isHex(text, 36, 16) && isHex(text, 53, 2)
  )
}

function plainly(base: ContextImpl, found: Found): ContextImpl {
  const { traceparent, traceState, baggage, correlation } = found
  if (found.pairs.length === 0) return base
  if (traceparent !== '' && !isTraceparent(traceparent)) return byCore(base, found)
  const carried = new Carried(
    correlation === '' ? (base.carried?.attributes ?? null) : correlated(base, correlation),
    traceparent === '' ? (base.carried?.traceState ?? '') : traceState,
    baggage === '' ? (base.carried?.baggage ?? '') : baggage,
    false,
  )
  if (traceparent === '') return base.carrying(carried)
  const at = (start: number): number => parse32(traceparent, start)
  const flags = parse32(`000000${traceparent.slice(53)}`, 0)
  const context = new ContextImpl(at(3), at(11), at(19), at(27), at(36), at(44), flags, true, carried)
  const isZero = (context.t0 | context.t1 | context.t2 | context.t3) === 0 || !context.hasSpan
  return isZero ? byCore(base, found) : context
}

function correlated(base: ContextImpl, id: string): ReadonlyMap<string, Kept> {
  return new Map(base.carried?.attributes).set('correlation_id', id)
}

function byCore(base: ContextImpl, { pairs }: Found): ContextImpl {
  return onTop(base, render(pairs, [], []))
}

/** What the core read, on top of a context. */
export function onTop(base: ContextImpl, { trace, headers, attributes }: Rendered): ContextImpl {
  const merged = new Map<string, Kept>(base.carried?.attributes)
  for (const [key, value] of Object.entries(attributes)) merged.set(key, value)
  const carried = new Carried(
    merged.size === 0 ? null : merged,
    trace === null ? (base.carried?.traceState ?? '') : (headers['tracestate'] ?? ''),
    headers['baggage'] ?? base.carried?.baggage ?? '',
    false,
  )
  if (trace === null) return base.carrying(carried)
  const [t0 = 0, t1 = 0, t2 = 0, t3 = 0, s0 = 0, s1 = 0, flags = 0] = trace
  return new ContextImpl(t0, t1, t2, t3, s0, s1, flags, true, carried)
}
