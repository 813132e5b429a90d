// A Vigie span as the OpenTelemetry API knows spans.
// Not for starting one: see tracer.ts. Not for what is read of what it keeps: see kept.ts.

import type {
  Attributes, AttributeValue, Exception, HrTime, Link, SpanContext, SpanKind, SpanStatus, TimeInput,
} from '@opentelemetry/api'
import { Status } from '../batch/wire.js'
import type { ContextHolder } from '../context/context.js'
import { hex64 } from '../runtime/hex.js'
import { type Instant, instant } from '../runtime/instant.js'
import { state } from '../runtime/state.js'
import { SpanImpl } from '../spans/span.js'
import { EXCEPTION } from '../spans/exception.js'
import type { KeptEvent, KeptLink } from '../spans/span_data.js'
import { all } from '../spans/write_span.js'
import type { Span as VigieSpan, SpanStatus as StatusName } from '../types.js'
import { quietly } from '../values/budget.js'
import { fault, quiet } from './fault.js'
import { contextWith, idsOf, spanContext } from './ids.js'
import { shown } from './kept.js'
import type { InstrumentationScope, ReadableSpan, Resource, TimedEvent } from './readable.js'
import type { Scope } from './scope.js'
import { hrDuration, hrTime, isTime, later, timeOf } from './times.js'

/** A span of Vigie, whoever has started it. */
export type NativeSpan = ContextHolder & VigieSpan

/** By the numbers of the API. */
const STATUS_NAMES: readonly StatusName[] = ['unset', 'ok', 'error']

const NOT_ENDED: HrTime = [0, 0]

/**
 * A span of the OpenTelemetry API that Vigie records. Everything that is said to it is recorded at once by the native span, and
 * read from there, after its end too. Nothing throws (OpenTelemetry Trace API, "Span").
 */
export class OtelSpan implements ReadableSpan {
  private ids: SpanContext | null = null
  /** From its start to its end; -1 until then. */
  private durationNs = -1

  constructor(
    readonly native: NativeSpan,
    private readonly scope: Scope,
  ) {}

  // What is said to it.

  setAttribute(key: string, value: AttributeValue | undefined): this {
    if (value !== undefined && value !== null && key !== '') this.native.setAttribute(key, value)
    return this
  }

  setAttributes(attributes: Attributes): this {
    try {
      for (const key in attributes) if (Object.hasOwn(attributes, key)) this.setAttribute(key, attributes[key])
    } catch (error) {
      fault('set of attributes', error)
    }
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    quiet('event', () => {
      const isTimed = isTime(attributesOrTime)
      const at = time ?? (isTimed ? attributesOrTime : undefined)
      this.native.addEvent(name, isTimed ? undefined : present(attributesOrTime), at === undefined ? undefined : timeOf(at))
    })
    return this
  }

  addLink(link: Link): this {
    quiet('link', () => {
      const context = contextWith(link.context, null)
      const attributes = present(link.attributes)
      if (context !== undefined) this.native.addLink(attributes === undefined ? { context } : { context, attributes })
    })
    return this
  }

  addLinks(links: Link[]): this {
    quiet('list of links', () => links.forEach((link) => this.addLink(link)))
    return this
  }

  setStatus(status: SpanStatus): this {
    quiet('status', () => this.native.setStatus(STATUS_NAMES[status.code] ?? 'unset', status.message))
    return this
  }

  updateName(name: string): this {
    this.native.updateName(name)
    return this
  }

  /** The type is the error's code where it has one, as the official SDK has it. */
  recordException(exception: Exception, time?: TimeInput): void {
    quiet('exception', () => {
      const { data } = this
      const event = described(exception)
      if (event === undefined) return
      if (data === undefined) return void this.addEvent(EXCEPTION, event, time)
      if (!data.isRecording) return
      const given = time === undefined ? undefined : instant(timeOf(time))
      data.tell(exception, toldBy(event), event, undefined, given)
    })
  }

  end(endTime?: TimeInput): void {
    const { native, scope } = this
    if (native.context.ended) return
    const given = endTime === undefined ? undefined : quietly(undefined, () => instant(timeOf(endTime)))
    if (!(native instanceof SpanImpl)) return native.end()
    if (scope.provider.processors.length > 0 && native.isRecording) return this.endShown(native, given)
    this.close(native, given)
  }

  private close(native: SpanImpl, given: Instant | undefined): void {
    this.durationNs = native.isRecording ? native.duration(given) : 0
    native.close(this.durationNs)
  }

  private endShown(native: SpanImpl, given: Instant | undefined): void {
    const { processors } = this.scope.provider
    for (const processor of processors) quiet('span processor', () => processor.onEnding?.(this))
    this.close(native, given)
    for (const processor of processors) quiet('span processor', () => processor.onEnd(this))
  }

  // What is read of it.

  isRecording(): boolean {
    return this.native.isRecording
  }

  spanContext(): SpanContext {
    return (this.ids ??= spanContext(this.native.context))
  }

  private get data(): SpanImpl | undefined {
    return this.native instanceof SpanImpl ? this.native : undefined
  }

  get name(): string {
    return this.native.name
  }

  get kind(): SpanKind {
    return (this.data?.kind ?? 0) as number as SpanKind
  }

  get parentSpanContext(): SpanContext | undefined {
    const { data } = this
    if (data === undefined || (data.parent0 | data.parent1) === 0) return undefined
    const { traceId, traceFlags, traceState } = this.spanContext()
    return idsOf(traceId, hex64(data.parent0, data.parent1), traceFlags, data.isParentRemote, traceState)
  }

  get attributes(): Attributes {
    return this.data === undefined ? {} : shown(all(this.data), state.settings.limits.attributes)
  }

  get status(): SpanStatus {
    const { status = Status.UNSET, statusMessage = '' } = this.data ?? {}
    return statusMessage === '' ? { code: status as number } : { code: status as number, message: statusMessage }
  }

  get startTime(): HrTime {
    const { data } = this
    return data === undefined ? NOT_ENDED : hrTime(data.start, data.startNs)
  }

  get endTime(): HrTime {
    return this.ended && this.durationNs >= 0 ? later(this.startTime, this.durationNs) : NOT_ENDED
  }

  get duration(): HrTime {
    return this.durationNs < 0 ? [-1, -1] : hrDuration(this.durationNs)
  }

  get ended(): boolean {
    return this.native.context.ended
  }

  get events(): TimedEvent[] {
    return (this.data?.events ?? []).map(eventOf)
  }

  get links(): Link[] {
    return (this.data?.links ?? []).map(linkOf)
  }

  get droppedAttributesCount(): number {
    return this.data === undefined ? 0 : Math.max(0, all(this.data).length / 2 - state.settings.limits.attributes)
  }

  get droppedEventsCount(): number {
    return this.data?.droppedEvents ?? 0
  }

  get droppedLinksCount(): number {
    return this.data?.droppedLinks ?? 0
  }

  get resource(): Resource {
    return this.scope.provider.resource
  }

  get instrumentationScope(): InstrumentationScope {
    return this.scope.shown
  }
}

/** Attributes without those that say nothing. */
function present(attributes: Attributes | undefined): Attributes | undefined {
  if (attributes === undefined || attributes === null) return undefined
  const entries = Object.entries(attributes)
  return entries.every(([, value]) => value !== null) ? attributes : Object.fromEntries(entries.filter(([, value]) => value !== null))
}

/** The attributes of an `exception` event (OpenTelemetry semantic conventions). Undefined where there is nothing to tell. */
function described(exception: Exception): Attributes | undefined {
  if (typeof exception === 'string') return { 'exception.message': exception }
  const { code, name, message, stack } = (exception ?? {}) as { code?: string | number; name?: string; message?: string; stack?: string }
  const told: Attributes = {}
  const type = code ? String(code) : name
  if (type) told['exception.type'] = type
  if (message) told['exception.message'] = message
  if (type === undefined && message === undefined) return undefined
  if (stack) told['exception.stacktrace'] = stack
  return told
}

/** The type and the message of what `described` gave. */
function toldBy(event: Attributes): { type: string; message: string } {
  const text = (key: string): string => String(event[key] ?? '')
  return { type: text('exception.type'), message: text('exception.message') }
}

function eventOf({ name, time, attributes }: KeptEvent): TimedEvent {
  const limit = state.settings.limits.attributes
  return {
    time: hrTime(time.us, time.ns), name, attributes: shown(attributes, limit),
    droppedAttributesCount: Math.max(0, attributes.length / 2 - limit),
  }
}

function linkOf({ t0, t1, t2, t3, s0, s1, flags, attributes }: KeptLink): Link {
  const context = { traceId: hex64(t0, t1) + hex64(t2, t3), spanId: hex64(s0, s1), traceFlags: flags & 0xff }
  return attributes.length === 0 ? { context } : { context, attributes: shown(attributes) }
}
