// Samplers and generators of ids of the user's: each span is asked of them, and Vigie decides only where they fail.

import type { Attributes, Context, Link, Span, SpanContext, SpanKind, SpanOptions, TraceState } from '@opentelemetry/api'
import { type ContextImpl, emptyContext, SAMPLED } from '../context/context.js'
import { hex32 } from '../runtime/hex.js'
import { draw, drawn } from '../runtime/ids.js'
import { state } from '../runtime/state.js'
import { contextWith, spanContext } from './ids.js'
import { api } from './packages.js'

/** As the official SDK has it. */
export interface Sampler {
  shouldSample(context: Context, traceId: string, name: string, kind: SpanKind, attributes: Attributes, links: Link[]): SamplingResult
  toString(): string
}

/** Nothing, the span without its trace, or both: 0, 1, 2. */
interface SamplingResult {
  readonly decision: number
  readonly attributes?: Attributes
  readonly traceState?: TraceState
}

/** As the official SDK has it. */
export interface IdGenerator {
  generateTraceId(): string
  generateSpanId(): string
}

/** What was decided: a span that is not recorded, or the ids and attributes of one that is. */
export type Decision = { readonly dropped: Span } | { readonly ids: ContextImpl; readonly parent: ContextImpl; readonly attributes: Attributes }

export type Decide = (context: Context, parent: ContextImpl, root: boolean, name: string, kind: SpanKind, options: SpanOptions) => Decision

const RECORDS = 1
const SAMPLES = 2

const RANDOM: IdGenerator = {
  generateTraceId() {
    draw(true)
    return [...drawn.subarray(0, 4)].map(hex32).join('')
  },
  generateSpanId() {
    draw(false)
    return [...drawn.subarray(4, 6)].map(hex32).join('')
  },
}

/** Asks a sampler and a generator of ids; what is thrown there is thrown on. */
export function deciding(sampler: Sampler | undefined, generator: IdGenerator = RANDOM): Decide {
  return (context, around, root, name, kind, options) => {
    const parent = root ? emptyContext() : around
    const over = parent.hasSpan ? spanContext(parent) : undefined
    const spanId = generator.generateSpanId()
    const traceId = over?.traceId ?? generator.generateTraceId()
    const given = options.attributes ?? {}
    const result = sampler?.shouldSample(context, traceId, name, kind, given, options.links ?? []) ?? { decision: SAMPLES }
    const traceState = result.traceState ?? over?.traceState
    const traceFlags = randomness(over, generator) | (result.decision === SAMPLES ? SAMPLED : 0)
    const ids: SpanContext = { traceId, spanId, traceFlags, ...(traceState === undefined ? {} : { traceState }) }
    const made = contextWith(ids, around.carried)
    if (result.decision < RECORDS || made === undefined) return { dropped: api().trace.wrapSpanContext(ids) }
    return { ids: made, parent, attributes: { ...given, ...result.attributes } }
  }
}

/** The flag that the identifier of the trace is random, which belongs to the trace (W3C Trace Context level 2). */
function randomness(over: SpanContext | undefined, generator: IdGenerator): number {
  if (over === undefined) return generator === RANDOM ? state.settings.sampling.rootFlags : 0
  return over.traceFlags & RANDOM_ID
}

const RANDOM_ID = 0b10
