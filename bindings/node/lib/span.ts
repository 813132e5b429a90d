// Spans: plain objects that keep what they are given until they end.
// Not for their way into the columns (lib/ending.ts) nor for making them current (lib/tracer.ts).

import { monotonic, now, wallAt } from './clock.js'
import { type ContextImpl, type Kept, SAMPLED } from './context.js'
import { contextOf, keep, kept } from './current.js'
import { finish } from './ending.js'
import { type ErrorParts, readThrown } from './errors.js'
import { isPlain } from './flat.js'
import { HexReader } from './hex.js'
import { state } from './state.js'
import { between, type Instant, instant } from './times.js'
import type { Attributes, Link, Span, SpanKind, SpanStatus, Time } from './types.js'
import { messageText, nameText, quietly } from './text.js'
import { Walk } from './walk.js'

/** Numbers of the kinds, as the core has them. */
export const KINDS: readonly SpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer']
const STATUSES: readonly SpanStatus[] = ['unset', 'ok', 'error']
const OK = 1

/** An event, ready to be written. */
export interface KeptEvent {
  readonly name: string
  readonly time: Instant
  readonly attributes: ReadonlyMap<string, Kept>
}

/** A link, ready to be written. */
export interface KeptLink {
  readonly ids: readonly number[]
  readonly attributes: ReadonlyMap<string, Kept>
}

/** Names of attributes beyond the limit that are counted. */
const MAX_COUNTED = 1000

function isScalar(value: unknown): value is string | number | boolean | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null
}

/** Identifiers of a link's target as 32-bit numbers; undefined when there are none. */
function linkIds({ context }: Link): readonly number[] | undefined {
  const found = contextOf(context)
  if (found !== undefined) {
    return found.hasSpan ? [found.t0, found.t1, found.t2, found.t3, found.s0, found.s1] : undefined
  }
  const { traceId, spanId } = context as { readonly traceId: unknown; readonly spanId: unknown }
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return undefined
  if (traceId.length !== 32 || spanId.length !== 16) return undefined
  const hex = new HexReader()
  const trace = [0, 8, 16, 24].map((at) => hex.word(traceId, at, 8))
  const ids = trace.concat([0, 8].map((at) => hex.word(spanId, at, 8)))
  return hex.isValid ? ids : undefined
}

function keptLink(link: Link): KeptLink | undefined {
  const ids = linkIds(link)
  return ids === undefined ? undefined : { ids, attributes: keep(null, link.attributes) }
}

/** A span. Fields beyond the usual ones are made when they are needed. */
export class SpanImpl implements Span {
  readonly context: ContextImpl
  readonly parent0: number
  readonly parent1: number
  name: string
  readonly kind: number
  readonly scope: string
  /** Start by the wall clock, and by the monotonic clock in milliseconds; the latter is -1 when the start was given. */
  readonly start: number
  readonly startNs: number
  readonly startMs: number
  ended = false
  /** The first attributes stand in fields, further ones in a map. */
  k0: string | undefined = undefined
  k1: string | undefined = undefined
  k2: string | undefined = undefined
  k3: string | undefined = undefined
  v0: Kept = null
  v1: Kept = null
  v2: Kept = null
  v3: Kept = null
  more: Map<string, Kept> | null = null
  status = 0
  statusMessage = ''
  events: KeptEvent[] | null = null
  links: KeptLink[] | null = null
  droppedEvents = 0
  droppedLinks = 0

  constructor(
    name: string,
    kind: number,
    scope: string,
    context: ContextImpl,
    parent0: number,
    parent1: number,
    given: Instant | undefined,
  ) {
    this.name = name
    this.kind = kind
    this.scope = scope
    this.context = context
    this.parent0 = parent0
    this.parent1 = parent1
    this.startNs = 0
    this.startMs = -1
    if ((context.flags & SAMPLED) === 0) {
      this.start = 0
    } else if (given !== undefined) {
      this.start = given.us
      this.startNs = given.ns
    } else if (state.settings.testing) {
      this.start = now()
    } else {
      this.startMs = monotonic()
      this.start = wallAt(this.startMs)
    }
    state.openSpans++
  }

  get isRecording(): boolean {
    return !this.ended && (this.context.flags & SAMPLED) !== 0
  }

  setAttribute(key: string, value: unknown): this {
    if (!this.isRecording || value === undefined) return this
    this.put(nameText(key), isScalar(value) ? value : kept(value, new Walk()))
    return this
  }

  /** The last value of a key wins at its first place. */
  private put(key: string, value: Kept): void {
    if (this.k0 === undefined || this.k0 === key) {
      this.k0 = key
      this.v0 = value
    } else if (this.k1 === undefined || this.k1 === key) {
      this.k1 = key
      this.v1 = value
    } else if (this.k2 === undefined || this.k2 === key) {
      this.k2 = key
      this.v2 = value
    } else if (this.k3 === undefined || this.k3 === key) {
      this.k3 = key
      this.v3 = value
    } else this.putMore(key, value)
  }

  private putMore(key: string, value: Kept): void {
    const more = (this.more ??= new Map())
    const { attributes: limit } = state.settings.limits
    // Beyond the limit the core counts names; it needs no values.
    if (more.has(key) || more.size < limit) more.set(key, value)
    else if (more.size < limit + MAX_COUNTED) more.set(key, null)
  }

  setAttributes(attributes: Attributes): this {
    if (!this.isRecording || typeof attributes !== 'object' || attributes === null) return this
    if (isPlain(attributes)) this.putPlain(attributes)
    else for (const [key, value] of keep(null, attributes)) this.put(key, value)
    return this
  }

  /** Scalars need no care; from the first other value on, or one that throws, the careful way writes all of them again. */
  private putPlain(attributes: Attributes): void {
    if (!quietly(false, () => this.putScalars(attributes))) {
      for (const [key, value] of keep(null, attributes)) this.put(key, value)
    }
  }

  /** Whether all of them were scalars. */
  private putScalars(attributes: Attributes): boolean {
    for (const key in attributes) {
      const property = Object.getOwnPropertyDescriptor(attributes, key)
      if (property === undefined || !isScalar(property.value)) return false
      this.put(key, property.value)
    }
    return true
  }

  addEvent(name: string, attributes?: Attributes, time?: Time): this {
    if (!this.isRecording) return this
    const given = time === undefined ? undefined : quietly(undefined, () => instant(time))
    return this.event(nameText(name), keep(null, attributes), given)
  }

  addLink(link: Link): this {
    const made = quietly(undefined, () => keptLink(link))
    if (!this.isRecording || made === undefined) return this
    const links = (this.links ??= [])
    if (links.length >= state.settings.limits.links) this.droppedLinks++
    else links.push(made)
    return this
  }

  recordException(error: unknown, attributes?: Attributes): this {
    if (this.isRecording) this.exception(error, attributes)
    return this
  }

  private exception(error: unknown, attributes: Attributes | undefined): ErrorParts {
    const parts = readThrown(error, messageText, new Walk())
    const told: { [key: string]: unknown } = { 'exception.type': parts.type }
    if (parts.message !== '') told['exception.message'] = parts.message
    if (parts.stack !== '') told['exception.stacktrace'] = parts.stack
    this.event('exception', keep(keep(null, told), attributes), undefined)
    return parts
  }

  /** One beyond the limit reads the clock too: what is dropped does not change the others. */
  private event(name: string, attributes: ReadonlyMap<string, Kept>, given: Instant | undefined): this {
    const events = (this.events ??= [])
    const time = given ?? { us: now(), ns: 0 }
    if (events.length >= state.settings.limits.events) this.droppedEvents++
    else events.push({ name, time, attributes })
    return this
  }

  /** OpenTelemetry, "Set Status": `unset` is ignored, `ok` is final, only `error` keeps a message. */
  setStatus(status: SpanStatus, message?: string): this {
    const number = STATUSES.indexOf(status)
    if (!this.isRecording || number <= 0 || this.status === OK) return this
    this.status = number
    this.statusMessage = number !== OK && typeof message === 'string' ? message : ''
    return this
  }

  updateName(name: string): this {
    if (this.isRecording) this.name = nameText(name)
    return this
  }

  end(endTime?: Time): void {
    if (this.ended) return
    this.ended = true
    state.openSpans--
    if ((this.context.flags & SAMPLED) === 0) return
    const given = endTime === undefined ? undefined : quietly(undefined, () => instant(endTime))
    finish(this, this.duration(given))
  }

  /** Ends it with what went wrong inside. */
  fail(error: unknown): void {
    if (this.isRecording) {
      const { type, message } = this.exception(error, undefined)
      this.setStatus('error', message === '' ? type : `${type}: ${message}`)
    }
    this.end()
  }

  private duration(given: Instant | undefined): number {
    if (given === undefined && this.startMs >= 0) return Math.round((monotonic() - this.startMs) * 1e6)
    return between({ us: this.start, ns: this.startNs }, given ?? { us: now(), ns: 0 })
  }
}
