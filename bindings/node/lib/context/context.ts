// Contexts: the span in force and what travels with it.
// Not for which context is current: see current.ts.

import { hex64, hex8 } from '../runtime/hex.js'
import type { Context, Span } from '../types.js'
import type { Kept } from '../values/kept.js'
import { membersOf, normalized } from './headers.js'

/** What a remote span brought beside its identity, and who is not continued. */
export interface Aside {
  /** The trace is kept by all means (B3 and Jaeger, "debug"). */
  readonly isDebug: boolean
  /** The remote span that a span started here links to in place of continuing its trace. Void beside a span. */
  readonly linked: ContextImpl | null
}

/** The request that is being served, as what runs in it sees it. */
export interface Request {
  /** Adds attributes to what is told of it when it has been answered. */
  add(attributes: object): void
}

/** What goes along from context to context besides the span. */
export class Carried {
  /** Correlation keys and context attributes, in order. */
  readonly attributes: ReadonlyMap<string, Kept> | null
  /** `tracestate` and `baggage`, as they came or as the core wrote them. */
  traceState: string
  baggage: string
  /** What contexts of the OpenTelemetry API hold beyond a span and baggage. Nothing else reads it. */
  readonly others: object | null
  /** What the remote span brought beside its identity. */
  readonly aside: Aside | null
  /** The request of this process that all of it belongs to. */
  readonly request: Request | null
  /** The headers above are as the core would write them. */
  private clean: boolean
  /** The batch that knows the attributes, and their number there. */
  serial = 0
  place = 0

  constructor(
    attributes: ReadonlyMap<string, Kept> | null,
    traceState: string,
    baggage: string,
    clean: boolean,
    others: object | null,
    aside: Aside | null,
    request: Request | null,
  ) {
    this.attributes = attributes
    this.traceState = traceState
    this.baggage = baggage
    this.clean = clean
    this.others = others
    this.aside = aside
    this.request = request
  }

  /** Makes the headers fit to travel on. They mean the same before and after. */
  cleaned(): this {
    if (this.clean) return this
    const [traceState, baggage] = normalized(this.traceState, this.baggage, [])
    this.traceState = traceState
    this.baggage = baggage
    this.clean = true
    return this
  }

  /** The same with the `tracestate` of another decision, as the core wrote it. */
  withTraceState(traceState: string): Carried {
    const { attributes, baggage, others, aside, request } = this.cleaned()
    return new Carried(attributes, traceState, baggage, true, others, aside, request)
  }

  /** The same headers with other attributes, for what runs in a request. */
  within(request: Request, attributes: ReadonlyMap<string, Kept>): Carried {
    return new Carried(attributes, this.traceState, this.baggage, this.clean, this.others, this.aside, request)
  }

  /** The same headers with other attributes. */
  withAttributes(attributes: ReadonlyMap<string, Kept>): Carried {
    return new Carried(attributes, this.traceState, this.baggage, this.clean, this.others, this.aside, this.request)
  }
}

/** Nothing goes along. */
export const NOTHING_CARRIED = new Carried(null, '', '', true, null, null, null)

/** Bit 0 of the flags: the trace is sampled. */
export const SAMPLED = 1

/** A context. Its identifiers are numbers of 32 bits, all zero when there is no span. */
export class ContextImpl implements Context {
  readonly t0: number
  readonly t1: number
  readonly t2: number
  readonly t3: number
  readonly s0: number
  readonly s1: number
  readonly flags: number
  readonly isRemote: boolean
  readonly carried: Carried | null
  /** The batch that knows this context, and its number there. */
  serial = 0
  place = 0
  /** The `traceparent`, once it was asked for. A remote context knows the one that it came with. */
  header = ''
  /** The context of the span of this process that this one is read in, itself for a span's own. What is carried on has none. */
  under: ContextImpl | null
  /** Whether this is the context of a span that has ended. */
  ended = false
  /** What is read in the place of this one when its span has ended, or leads there. Null leads out of all spans. */
  above: ContextImpl | null = null
  /** The span whose context this is, until its end; or the one that a context was made in that is carried on without it. */
  span: (ContextHolder & Span) | null = null
  /** What the OpenTelemetry API knows it as, once it was asked: see otel/mapping.ts. */
  mapping: unknown = null

  constructor(
    t0: number,
    t1: number,
    t2: number,
    t3: number,
    s0: number,
    s1: number,
    flags: number,
    isRemote: boolean,
    carried: Carried | null,
    under: ContextImpl | null,
  ) {
    this.t0 = t0
    this.t1 = t1
    this.t2 = t2
    this.t3 = t3
    this.s0 = s0
    this.s1 = s1
    this.flags = flags
    this.isRemote = isRemote
    this.carried = carried
    this.under = under
  }

  get hasSpan(): boolean {
    return (this.s0 | this.s1) !== 0
  }

  get traceId(): string | undefined {
    return this.hasSpan ? hex64(this.t0, this.t1) + hex64(this.t2, this.t3) : undefined
  }

  get spanId(): string | undefined {
    return this.hasSpan ? hex64(this.s0, this.s1) : undefined
  }

  get sampled(): boolean {
    return (this.flags & SAMPLED) !== 0
  }

  get traceparent(): string | undefined {
    if (!this.hasSpan) return undefined
    if (this.header === '') {
      const trace = hex64(this.t0, this.t1) + hex64(this.t2, this.t3)
      this.header = `00-${trace}-${hex64(this.s0, this.s1)}-${hex8(this.flags)}`
    }
    return this.header
  }

  get baggage(): ReadonlyMap<string, string> {
    return this.carried === null ? new Map() : membersOf(this.carried.cleaned().baggage)
  }

  /** The same span with other carried parts. */
  carrying(carried: Carried | null): ContextImpl {
    const made = new ContextImpl(this.t0, this.t1, this.t2, this.t3, this.s0, this.s1, this.flags, this.isRemote, carried, this.under)
    if (this.under === null) made.span = this.span
    return made
  }

  /** The same context, to be carried on after the end of its span too. */
  kept(): ContextImpl {
    if (this.under === null) return this
    const made = new ContextImpl(this.t0, this.t1, this.t2, this.t3, this.s0, this.s1, this.flags, this.isRemote, this.carried, null)
    made.span = this.under.span
    return made
  }

  /** Marks the span as ended. Keeps no span above that has ended, or spans that start each other would stay for ever. */
  end(): void {
    this.ended = true
    this.span = null
    if (this.above?.under?.ended === true) this.above = openAbove(this)
  }

  /** The same context with baggage members added. A repeated key takes the new value. */
  withBaggage(members: { readonly [key: string]: string }): ContextImpl {
    const pairs: string[] = []
    for (const [key, value] of Object.entries(members)) pairs.push(key, String(value))
    const { attributes, traceState, baggage, others, aside, request } = this.carried ?? NOTHING_CARRIED
    return this.carrying(new Carried(attributes, ...normalized(traceState, baggage, pairs), true, others, aside, request))
  }
}

/** A context with no span and nothing carried. */
export function emptyContext(): ContextImpl {
  return new ContextImpl(0, 0, 0, 0, 0, 0, 0, false, null, null)
}

/** The nearest context above that stands under an open span, or out of all spans. */
export function openAbove(ended: ContextImpl): ContextImpl | null {
  let next = ended.above
  while (next?.under?.ended === true) next = next.under.above
  return next
}

/** What is read in the place of a context whose span has ended: the nearest open span above, or `outer`. What is carried stays. */
export function instead(ended: ContextImpl, outer: ContextImpl): ContextImpl {
  const { above, carried } = ended
  if (above !== null && above.carried === carried && above.under?.ended !== true) return above
  const from = openAbove(ended.under ?? ended) ?? outer
  const made = from.carried === carried ? from : from.carrying(onTheWayOf(from.carried, carried))
  ended.above = made
  return made
}

/** What is carried, with what belongs to another trace. */
export function onTheWayOf(other: Carried | null, carried: Carried | null): Carried | null {
  const { traceState, aside } = other === null ? NOTHING_CARRIED : other.cleaned()
  const { attributes, traceState: own, baggage, others, aside: ownAside, request } = carried === null ? NOTHING_CARRIED : carried.cleaned()
  return traceState === own && aside === ownAside ? carried : new Carried(attributes, traceState, baggage, true, others, aside, request)
}

/** What stands for a context of its own: a span. */
export abstract class ContextHolder {
  abstract readonly context: ContextImpl
}

/** The context of a span or a context. Undefined for anything else. A revoked proxy throws. */
export function contextOf(scope: unknown): ContextImpl | undefined {
  if (scope instanceof ContextImpl) return scope
  if (scope instanceof ContextHolder) return scope.context
  return undefined
}
