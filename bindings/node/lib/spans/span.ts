// Spans: plain objects that keep what they are given until they end.
// Not for their way into the columns: see write_span.ts. Not for starting them or making them current: see tracer.ts.

import { type SpanKind, Status } from '../batch/wire.js'
import { ContextHolder, type ContextImpl, SAMPLED } from '../context/context.js'
import { monotonic, now, wallAt } from '../runtime/clock.js'
import { between, type Instant, instant } from '../runtime/instant.js'
import { state } from '../runtime/state.js'
import type { Attributes, Link, Span, SpanStatus, Time } from '../types.js'
import { quietly, Walk } from '../values/budget.js'
import { nameText } from '../values/describe.js'
import { keep, keepOne, keepPairs, type Kept, type Pairs } from '../values/kept.js'
import { isPlain, isScalar } from '../values/kinds.js'
import { type ErrorParts, readThrown } from '../values/read_error.js'
import { EXCEPTION, eventOf, logException, statusMessage, type Told } from './exception.js'
import { keptLink } from './link.js'
import { More } from './more.js'
import { begun, ended } from './open_roots.js'
import type { KeptEvent, KeptLink, SpanData } from './span_data.js'
import { finish } from './write_span.js'

const STATUSES: ReadonlyMap<SpanStatus, Status> = new Map([
  ['unset', Status.UNSET],
  ['ok', Status.OK],
  ['error', Status.ERROR],
])

/** So many names of attributes beyond the limit are counted. */
const MAX_COUNTED = 1000

/** Spans begun and not ended yet. */
let open = 0

/** How many spans have begun and not ended yet. */
export function openSpans(): number {
  return open
}

/** Whether a span is one for the outputs, or may turn out to be one at its end. */
function goesOut(context: ContextImpl): boolean {
  return (context.flags & SAMPLED) !== 0 || state.settings.sampling.recordsAll
}

/** What is known of a link. Undefined when the reading of it throws. */
function guarded(link: Link): KeptLink | undefined {
  try {
    return keptLink(link)
  } catch {
    return undefined
  }
}

/** A span. What most spans do not have is made when it is needed. */
export class SpanImpl extends ContextHolder implements Span, SpanData {
  readonly context: ContextImpl
  readonly parent0: number
  readonly parent1: number
  readonly isParentRemote: boolean
  /** Whether anything is kept of it: it is sampled, the core decides at its end, or it is shown to others. */
  private readonly records: boolean
  name: string
  readonly kind: SpanKind
  readonly scope: string
  readonly start: number
  readonly startNs: number
  /** The start by the monotonic clock in milliseconds, -1 when users gave the start. */
  private readonly startMs: number
  k0: string | undefined = undefined
  k1: string | undefined = undefined
  k2: string | undefined = undefined
  k3: string | undefined = undefined
  v0: Kept = null
  v1: Kept = null
  v2: Kept = null
  v3: Kept = null
  more: More | null = null
  status: Status = Status.UNSET
  statusMessage = ''
  events: KeptEvent[] | null = null
  links: KeptLink[] | null = null
  droppedEvents = 0
  droppedLinks = 0
  older: SpanImpl | null = null
  newer: SpanImpl | null = null

  constructor(
    name: string,
    kind: SpanKind,
    scope: string,
    context: ContextImpl,
    parent0: number,
    parent1: number,
    isParentRemote: boolean,
    given: Instant | undefined,
    isShown: boolean,
  ) {
    super()
    this.name = name
    this.kind = kind
    this.scope = scope
    this.context = context
    context.span = this
    this.parent0 = parent0
    this.parent1 = parent1
    this.isParentRemote = isParentRemote
    this.startNs = 0
    this.startMs = -1
    this.records = isShown || goesOut(context)
    if (!this.records) {
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
    open++
    if (((parent0 | parent1) === 0 || isParentRemote) && this.isRecording) begun(this)
  }

  get isRecording(): boolean {
    return this.records && !this.context.ended
  }

  setAttribute(key: string, value: unknown): this {
    if (!this.isRecording || value === undefined) return this
    this.put(nameText(key), isScalar(value) ? value : keepOne(value, new Walk()))
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
    const more = (this.more ??= new More())
    const { attributes: limit } = state.settings.limits
    const { count } = more
    const known = more.find(key)
    // Beyond the limit the core counts names; it needs no values.
    if (known >= 0) more.pairs[known] = value
    else if (count < limit + MAX_COUNTED) more.add(key, count < limit ? value : null)
  }

  setAttributes(attributes: Attributes): this {
    if (!this.isRecording || typeof attributes !== 'object' || attributes === null) return this
    if (isPlain(attributes)) this.putPlain(attributes)
    else for (const [key, value] of keep(null, attributes)) this.put(key, value)
    return this
  }

  /** Scalars need no care. From the first other value on, or one that throws, the careful way writes all of them again. */
  private putPlain(attributes: Attributes): void {
    try {
      if (this.putScalars(attributes)) return
    } catch {
      // The careful way knows what to write of it.
    }
    for (const [key, value] of keep(null, attributes)) this.put(key, value)
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
    return this.event(nameText(name), keepPairs(attributes), given)
  }

  addLink(link: Link): this {
    const made = guarded(link)
    if (!this.isRecording || made === undefined) return this
    const { links } = this
    if ((links === null ? 0 : links.length) >= state.settings.limits.links) this.droppedLinks++
    else if (links === null) this.links = [made]
    else links.push(made)
    return this
  }

  recordException(error: unknown, attributes?: Attributes): this {
    if (this.isRecording) this.exception(error, attributes)
    return this
  }

  private exception(error: unknown, attributes: Attributes | undefined): ErrorParts {
    const parts = readThrown(error, new Walk())
    this.tell(error, parts, eventOf(parts), attributes, undefined)
    return parts
  }

  /** Tells of an exception as the setting `exceptions` says: as an event with these attributes and more, as a record, or both. */
  tell(error: unknown, parts: Told, event: object, attributes: Attributes | undefined, time: Instant | undefined): void {
    const { events, logs } = state.settings.exceptions
    if (events) this.event(EXCEPTION, [...keep(keep(null, event), attributes)].flat() as Pairs, time)
    if (logs) logException(this, error, parts, attributes, time)
  }

  /** One beyond the limit reads the clock too, so that what is dropped does not change the others. */
  private event(name: string, attributes: Pairs, given: Instant | undefined): this {
    const { events } = this
    const time = given ?? { us: now(), ns: 0 }
    if ((events === null ? 0 : events.length) >= state.settings.limits.events) this.droppedEvents++
    else if (events === null) this.events = [{ name, time, attributes }]
    else events.push({ name, time, attributes })
    return this
  }

  /** As OpenTelemetry has it in "Set Status": `unset` is ignored, `ok` is final, only `error` keeps a message. */
  setStatus(status: SpanStatus, message?: string): this {
    const number = STATUSES.get(status) ?? Status.UNSET
    if (!this.isRecording || number === Status.UNSET || this.status === Status.OK) return this
    this.status = number
    this.statusMessage = number === Status.ERROR && typeof message === 'string' ? message : ''
    return this
  }

  updateName(name: string): this {
    if (this.isRecording) this.name = nameText(name)
    return this
  }

  end(endTime?: Time): void {
    if (this.context.ended) return
    if (!this.records) return this.close(0)
    this.close(this.duration(endTime === undefined ? undefined : quietly(undefined, () => instant(endTime))))
  }

  /** Ends it so many nanoseconds after its start. */
  close(durationNs: number): void {
    const { context } = this
    if (context.ended) return
    context.end()
    open--
    if (!this.records) return
    ended(this)
    if (goesOut(context)) finish(this, durationNs)
  }

  /** Ends it with what went wrong inside. */
  fail(error: unknown): void {
    if (this.isRecording) {
      this.setStatus('error', statusMessage(this.exception(error, undefined)))
    }
    this.end()
  }

  /** From its start to `given` or now, in nanoseconds. */
  duration(given: Instant | undefined): number {
    if (given === undefined && this.startMs >= 0) return Math.round((monotonic() - this.startMs) * 1e6)
    return between({ us: this.start, ns: this.startNs }, given ?? { us: now(), ns: 0 })
  }
}
