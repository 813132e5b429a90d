// Contexts of the OpenTelemetry API over Vigie's: a span, and what Vigie carries, in which the other keys of the API have their place.
// Not for which of them is current: see current.ts.

import type { Baggage, Context, Span } from '@opentelemetry/api'
import { Carried, ContextImpl, onTheWayOf } from '../context/context.js'
import { baggageOf, carriedBeside, carriedWith } from './baggage.js'
import { quiet } from './fault.js'
import { contextWith, spanContext } from './ids.js'
import { api } from './packages.js'
import { OWN } from './scope.js'
import { type NativeSpan, OtelSpan } from './span.js'

/** The keys of the API: `createContextKey` gives everybody the same symbol for a text. */
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN')
const BAGGAGE = Symbol.for('OpenTelemetry Baggage Key')
const SUPPRESSED = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** Values under any other keys. */
class Others {
  constructor(
    private readonly values: ReadonlyMap<symbol, unknown>,
    /** A context of somebody else's making that stands behind them. */
    private readonly behind: Context | null,
  ) {}

  getValue(key: symbol): unknown {
    return this.values.has(key) ? this.values.get(key) : this.behind?.getValue(key)
  }

  with(key: symbol, value: unknown): Others {
    return new Others(new Map(this.values).set(key, value), this.behind)
  }
}

const NO_OTHERS = new Others(new Map(), null)

function othersOf(carried: Carried | null): Others | null {
  return (carried?.others ?? null) as Others | null
}

/** The span was not asked for yet. */
const UNREAD: unique symbol = Symbol('unread')

/** A context of the API. Immutable. */
export class Mapping implements Context {
  /** With nothing in it. */
  static readonly NOTHING = new Mapping(undefined, null, null, false)

  /** What is current in Vigie while this is. */
  private entering: ContextImpl | null = null

  private constructor(
    private span: unknown,
    private readonly carried: Carried | null,
    /** What Vigie has it from. */
    private readonly source: ContextImpl | null,
    /** Whether it only shows what Vigie's own face has made current. */
    private readonly isView: boolean,
  ) {}

  /** What Vigie's face has made current, as the API sees it. */
  static view(source: ContextImpl): Mapping {
    return new Mapping(UNREAD, source.carried, source, true)
  }

  /** A context that a carrier brought. */
  static from(source: ContextImpl): Mapping {
    return new Mapping(UNREAD, source.carried, source, false)
  }

  /** Whether it only shows this context. */
  isViewOf(context: ContextImpl): boolean {
    return this.isView && this.source === context
  }

  /** The context of a span that was just started, in which it is current. */
  static of(span: OtelSpan): Mapping {
    const { context } = span.native
    const made = new Mapping(span, context.carried, null, false)
    made.entering = context
    context.mapping = made
    return made
  }

  /** The object for the span of the context that this is the mapping of. */
  shows(native: NativeSpan): OtelSpan {
    if (this.span instanceof OtelSpan && this.span.native === native) return this.span
    const made = new OtelSpan(native, OWN)
    if (this.span === UNREAD) this.span = made
    return made
  }

  getValue(key: symbol): unknown {
    if (key === SPAN) return this.span === UNREAD ? (this.span = spanOf(this.source as ContextImpl)) : this.span
    if (key === BAGGAGE) return baggageOf(this.carried)
    return othersOf(this.carried)?.getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === SPAN) return new Mapping(value, this.carried, null, false)
    return new Mapping(this.getValue(SPAN), carriedBehind(this.carried, key, value), null, false)
  }

  deleteValue(key: symbol): Context {
    return this.setValue(key, undefined)
  }

  /** What is current in Vigie while this is: its `mapping` is this. */
  toEnter(): ContextImpl {
    return (this.entering ??= this.made())
  }

  private made(): ContextImpl {
    const { source, span, carried } = this
    // What is carried on is carried on after the end of its span, too.
    const made = source === null ? standing(span, carried) : source.under === null && (source.mapping ?? this) === this ? source : copied(source)
    made.mapping = this
    return made
  }
}

/** A context of its own with the same span and the same things carried, which stays when the span has ended. */
function copied(source: ContextImpl): ContextImpl {
  return source.under === null ? source.carrying(source.carried) : source.kept()
}

/** Vigie's context with a span of the API, which nobody else has for a mapping. */
function standing(span: unknown, carried: Carried | null): ContextImpl {
  if (span instanceof OtelSpan) {
    const { context } = span.native
    if (context.carried === carried && context.mapping === null) return context
    return context.carrying(onTheWayOf(context.carried, carried))
  }
  const ids = quiet('span of a context', () => (span as Span | undefined)?.spanContext())
  return contextWith(ids, carried) ?? new ContextImpl(0, 0, 0, 0, 0, 0, 0, false, carried, null)
}

/** The span in which Vigie's context stands, as the API knows it. */
function spanOf(source: ContextImpl): Span | undefined {
  if (!source.hasSpan) return undefined
  const own = source.under ?? source
  const { span } = own
  if (span === null || span.context.ended) return api().trace.wrapSpanContext(spanContext(source))
  own.mapping ??= Mapping.view(own)
  return shownBy(own.mapping as Context, span)
}

/** The object for a span, as it was started or shown before: there is one for each. */
function shownBy(mapping: Context, span: NativeSpan): OtelSpan {
  if (mapping instanceof Mapping) return mapping.shows(span)
  const found = mapping.getValue(SPAN)
  return found instanceof OtelSpan && found.native === span ? found : new OtelSpan(span, OWN)
}

/** What is carried, with a value of the API under one key. */
function carriedBehind(carried: Carried | null, key: symbol, value: unknown): Carried {
  if (key === BAGGAGE) return carriedWith(carried, value as Baggage | undefined)
  return carriedBeside(carried, (othersOf(carried) ?? NO_OTHERS).with(key, value))
}

/** Contexts of somebody else's making, as Vigie's. */
const foreign = new WeakMap<Context, ContextImpl>()

/** What is current in Vigie while this context of the API is; undefined where none was given. */
export function nativeOf(context: Context): ContextImpl | undefined {
  if (context instanceof Mapping) return context.toEnter()
  if (context === undefined || context === null) return undefined
  if (typeof context.getValue !== 'function') return odd(context)
  const known = foreign.get(context)
  if (known !== undefined) return known
  const baggage = context.getValue(BAGGAGE) as Baggage | undefined
  const others = isRoot(context) ? null : new Others(new Map(), context)
  const base = others === null && baggage === undefined ? null : new Carried(null, '', '', true, others, null, null)
  const made = standing(context.getValue(SPAN), baggage === undefined ? base : carriedWith(base, baggage))
  made.mapping = context
  foreign.set(context, made)
  return made
}

/** What is no context at all is current all the same when it is made so, as the official context manager has it. */
function odd(given: unknown): ContextImpl {
  const made = standing(undefined, null)
  made.mapping = given
  return made
}

/** A context without anything in it: there is one in each copy of the API, and a program may have several. */
export function isRoot(context: Context): boolean {
  const { _currentContext: values } = context as { readonly _currentContext?: unknown }
  return context === api().ROOT_CONTEXT || (values instanceof Map && values.size === 0)
}

/** Whether nothing is to be traced in a context: what exports is not. */
export function isSuppressed({ carried }: ContextImpl): boolean {
  return carried !== null && carried.others !== null && (carried.others as Others).getValue(SUPPRESSED) === true
}
