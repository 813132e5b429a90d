// Starts spans for the OpenTelemetry API.
// Not for a span that is open: see span.ts. Not for what a sampler of the user's says: see decision.ts.

import type { Context, Span, SpanOptions, Tracer } from '@opentelemetry/api'
import { SpanKind } from '../batch/wire.js'
import type { ContextImpl } from '../context/context.js'
import { instant } from '../runtime/instant.js'
import { make, makeWith } from '../spans/make.js'
import type { SpanImpl } from '../spans/span.js'
import { quietly } from '../values/budget.js'
import { nameText } from '../values/describe.js'
import { enter, standing } from './current.js'
import type { Decide, Decision } from './decision.js'
import { fault, quiet } from './fault.js'
import { isSuppressed, Mapping, nativeOf } from './mapping.js'
import { api } from './packages.js'
import type { InstrumentationScope } from './readable.js'
import type { Scope } from './scope.js'
import { OtelSpan } from './span.js'
import { timeOf } from './times.js'

const NO_OPTIONS: SpanOptions = {}

/** A tracer of the OpenTelemetry API whose spans Vigie records. Nothing throws (OpenTelemetry Trace API, "Tracer"). */
export class VigieTracer implements Tracer {
  constructor(
    private readonly scope: Scope,
    /** Who decides in Vigie's place, where the user gave a sampler or a generator of ids. */
    private readonly decide: Decide | undefined,
  ) {}

  startSpan(name: string, options: SpanOptions = NO_OPTIONS, context?: Context): Span {
    try {
      return this.startedIn(name, options ?? NO_OPTIONS, context)
    } catch (error) {
      fault('option of a span', error)
      return this.startedIn(name, NO_OPTIONS, undefined)
    }
  }

  private startedIn(name: string, options: SpanOptions, context: Context | undefined): Span {
    const parent = (context === undefined ? undefined : nativeOf(context)) ?? standing()
    return isSuppressed(parent) ? api().trace.wrapSpanContext(api().INVALID_SPAN_CONTEXT) : this.started(name, options, parent, context)
  }

  private started(name: string, options: SpanOptions, parent: ContextImpl, context: Context | undefined): Span {
    const { attributes, startTime, root = false, kind } = options
    const start = startTime === undefined ? undefined : quietly(undefined, () => instant(timeOf(startTime)))
    const text = nameText(name)
    const number = kindOf(kind)
    const around = this.isAsked() ? surrounding(context, root) : undefined
    const decided = around === undefined ? undefined : this.decided(around, parent, root, text, number as number, options)
    if (decided === undefined) {
      const native = make(text, number, this.name, parent, root ? null : parent, parent.under, start, attributes)
      return this.begun(native, attributes, options, around)
    }
    if ('dropped' in decided) return decided.dropped
    return this.begun(makeWith(text, number, this.name, decided.ids, decided.parent, start), decided.attributes, options, around)
  }

  /** Whether the user's samplers, generators of ids or processors see each span. */
  private isAsked(): boolean {
    return this.decide !== undefined || this.scope.provider.processors.length > 0
  }

  private decided(...asked: Parameters<Decide>): Decision | undefined {
    const { decide } = this
    return decide === undefined ? undefined : quiet('sampler or generator of ids', () => decide(...asked))
  }

  /** Whose tracer it is. */
  get instrumentationScope(): InstrumentationScope {
    return this.scope.shown
  }

  private get name(): string {
    return this.scope.shown.name
  }

  private begun(native: SpanImpl, attributes: SpanOptions['attributes'], { links }: SpanOptions, around: Context | undefined): OtelSpan {
    const span = new OtelSpan(native, this.scope)
    if (attributes !== undefined) span.setAttributes(attributes)
    if (links !== undefined) span.addLinks(links)
    if (around !== undefined && native.isRecording) show(span, this.scope, around)
    return span
  }

  startActiveSpan<F extends (span: Span) => ReturnType<F>>(name: string, fn: F): ReturnType<F>
  startActiveSpan<F extends (span: Span) => ReturnType<F>>(name: string, options: SpanOptions, fn: F): ReturnType<F>
  startActiveSpan<F extends (span: Span) => ReturnType<F>>(name: string, options: SpanOptions, context: Context, fn: F): ReturnType<F>
  startActiveSpan<F extends (span: Span) => ReturnType<F>>(name: string, a?: F | SpanOptions, b?: F | Context, c?: F): ReturnType<F> | undefined {
    const fn = (c ?? b ?? a) as F
    if (typeof fn !== 'function') return undefined
    const options = typeof a === 'object' ? a : NO_OPTIONS
    const context = c === undefined ? undefined : (b as Context)
    const span = this.startSpan(name, options, context)
    const mapping = span instanceof OtelSpan ? Mapping.of(span) : api().trace.setSpan(context ?? api().context.active(), span)
    return enter(mapping, fn, span)
  }
}

/** The kinds of the API have Vigie's numbers; what is none of them is internal. */
function kindOf(kind: unknown): SpanKind {
  return typeof kind === 'number' && Number.isInteger(kind) && kind > SpanKind.INTERNAL && kind <= SpanKind.CONSUMER ? kind : SpanKind.INTERNAL
}

/** Shows a span that has begun to the user's processors. */
function show(span: OtelSpan, { provider }: Scope, context: Context): void {
  for (const processor of provider.processors) quiet('span processor', () => processor.onStart(span, context))
}

/** What samplers and processors are told of where a span begins. */
function surrounding(given: Context | undefined, root: boolean): Context {
  const { context, trace } = api()
  const around = given ?? context.active()
  return root ? trace.deleteSpan(around) : around
}
