// Span contexts of the OpenTelemetry API as Vigie's contexts, and the other way.

import type { SpanContext, TraceState } from '@opentelemetry/api'
import { Carried, ContextImpl, NOTHING_CARRIED } from '../context/context.js'
import { HexReader } from '../runtime/hex.js'
import { api } from './packages.js'

/** The ids of a context that has a span. */
export function spanContext(native: ContextImpl): SpanContext {
  return idsOf(native.traceId as string, native.spanId as string, native.flags, native.isRemote, stateOf(native.carried))
}

/** Ids as the API has them: what came from elsewhere says so. */
export function idsOf(traceId: string, spanId: string, traceFlags: number, isRemote: boolean, traceState: TraceState | undefined): SpanContext {
  // The official spans have the member without a state too.
  const ids = { traceId, spanId, traceFlags, traceState } as SpanContext
  if (isRemote) ids.isRemote = true
  return ids
}

/** The states that were asked for or given, by what carries them. */
const states = new WeakMap<Carried, TraceState>()

/** The `tracestate` of what is carried. */
function stateOf(carried: Carried | null): TraceState | undefined {
  if (carried === null) return undefined
  const known = states.get(carried)
  if (known !== undefined) return known
  const header = carried.cleaned().traceState
  if (header === '') return undefined
  const made = api().createTraceState(header)
  states.set(carried, made)
  return made
}

/** A context with these ids, in which what is carried travels on. Undefined when they are no ids. */
export function contextWith(ids: SpanContext | undefined, carried: Carried | null): ContextImpl | undefined {
  const { traceId, spanId, traceFlags, traceState, isRemote } = ids ?? {}
  if (typeof traceId !== 'string' || typeof spanId !== 'string' || traceId.length !== 32 || spanId.length !== 16) return undefined
  const hex = new HexReader()
  const trace = traceId.toLowerCase()
  const span = spanId.toLowerCase()
  const [t0, t1, t2, t3] = [hex.word(trace, 0, 8), hex.word(trace, 8, 8), hex.word(trace, 16, 8), hex.word(trace, 24, 8)]
  const [s0, s1] = [hex.word(span, 0, 8), hex.word(span, 8, 8)]
  if (!hex.isValid || (t0 | t1 | t2 | t3) === 0 || (s0 | s1) === 0) return undefined
  const flags = typeof traceFlags === 'number' ? traceFlags & 0xff : 0
  return new ContextImpl(t0, t1, t2, t3, s0, s1, flags, isRemote === true, withState(carried, traceState), null)
}

/** What is carried, with the `tracestate` of another trace. */
function withState(carried: Carried | null, given: TraceState | undefined): Carried | null {
  const { attributes, traceState: own, baggage, others, aside, request } = carried === null ? NOTHING_CARRIED : carried.cleaned()
  const traceState = given?.serialize() ?? ''
  if (own === traceState) return carried
  const made = new Carried(attributes, traceState, baggage, false, others, aside, request)
  if (given !== undefined) states.set(made, given)
  return made
}
