// What is read of a span, by instrumentations and by span processors and exporters of the user's, as the official SDK has it.

import type { Attributes, AttributeValue, Context, HrTime, Link, Span, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api'

/** An event. */
export interface TimedEvent {
  readonly time: HrTime
  readonly name: string
  readonly attributes: Attributes
  readonly droppedAttributesCount: number
}

/** Who made a span (OpenTelemetry specification, "Instrumentation Scope"). */
export interface InstrumentationScope {
  readonly name: string
  readonly version?: string | undefined
  readonly schemaUrl?: string | undefined
}

/** What a provider was told of the process. */
export interface Resource {
  readonly attributes: Attributes
  readonly asyncAttributesPending?: boolean
  waitForAsyncAttributes?(): Promise<void>
  /** One with the attributes of the other over these. */
  merge(other: Resource | null): Resource
  getRawAttributes(): [string, AttributeValue | undefined][]
}

/** A span, open or ended. Times are seconds and nanoseconds since 1970. */
export interface ReadableSpan extends Span {
  readonly name: string
  readonly kind: SpanKind
  readonly parentSpanContext: SpanContext | undefined
  readonly attributes: Attributes
  readonly status: SpanStatus
  readonly startTime: HrTime
  /** Zero while it is open. */
  readonly endTime: HrTime
  /** Negative while it is open. */
  readonly duration: HrTime
  readonly ended: boolean
  readonly events: TimedEvent[]
  readonly links: Link[]
  readonly droppedAttributesCount: number
  readonly droppedEventsCount: number
  readonly droppedLinksCount: number
  readonly resource: Resource
  readonly instrumentationScope: InstrumentationScope
}

/** Is shown each span. */
export interface SpanProcessor {
  onStart(span: ReadableSpan, parentContext: Context): void
  onEnding?(span: ReadableSpan): void
  onEnd(span: ReadableSpan): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}
