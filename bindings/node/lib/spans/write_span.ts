// A finished span into the columns.
// Not for what happens before the end: see span.ts.

import type { Columns } from '../batch/columns.js'
import { type Form, Root } from '../batch/forms.js'
import { enter, settle } from '../batch/handover.js'
import { putText } from '../batch/value_tags.js'
import { Flag, LinkInts, Op, Owner, SpanInts, SpanKind, Status } from '../batch/wire.js'
import { placeCarried } from '../context/place.js'
import { state } from '../runtime/state.js'
import { type Kept, type Pairs, putTagged } from '../values/kept.js'
import { putOne, putPairs, putRest } from './put_attributes.js'
import type { SpanData } from './span_data.js'

/** Where the forms of spans begin, by kind. Those with a scope begin by its name too. */
const roots: Root[] = []
const scoped = new Map<string, Root[]>()
const MAX_SCOPES = 256

function rootOf({ scope, kind }: SpanData): Root {
  const own = scope === '' ? roots : (scoped.get(scope) ?? rootsOf(scope))
  return (own[kind] ??= new Root(Owner.SPAN, kind, scope, false))
}

function rootsOf(scope: string): Root[] {
  const made: Root[] = []
  // Names of scopes stand in the code, so that there are never this many.
  if (scoped.size < MAX_SCOPES) scoped.set(scope, made)
  return made
}

/** Writes one span. Never throws. */
export function finish(span: SpanData, durationNs: number): void {
  let c: Columns | undefined
  try {
    c = enter()
    if (c === undefined) return
    c.busy = true
    c.mark()
    putSpan(c, span, durationNs)
    c.open = false
  } catch {
    state.lost++
    return
  } finally {
    if (c !== undefined) c.busy = false
  }
  settle(c, span.start + durationNs / 1000, false)
}

function isRich(span: SpanData): boolean {
  return span.status !== Status.UNSET || span.events !== null || span.links !== null || span.droppedEvents + span.droppedLinks > 0
}

/** Writes it into columns that have room for it. */
export function putSpan(c: Columns, span: SpanData, durationNs: number): void {
  const { context, name } = span
  const carried = placeCarried(c, context.carried)
  const root = rootOf(span)
  const form = root.text === name ? root.form : root.find(name)
  const rich = isRich(span)
  const { ints, nums } = c
  ints[c.intCount] = Op.SPAN
  const at = c.intCount + 1
  ints[at + SpanInts.TRACE] = context.t0
  ints[at + SpanInts.TRACE + 1] = context.t1
  ints[at + SpanInts.TRACE + 2] = context.t2
  ints[at + SpanInts.TRACE + 3] = context.t3
  ints[at + SpanInts.SPAN] = context.s0
  ints[at + SpanInts.SPAN + 1] = context.s1
  ints[at + SpanInts.FLAGS] = context.flags | (rich ? Flag.RICH : 0) | (span.isParentRemote ? Flag.REMOTE : 0)
  ints[at + SpanInts.CARRIED] = carried
  ints[at + SpanInts.PARENT] = span.parent0
  ints[at + SpanInts.PARENT + 1] = span.parent1
  ints[at + SpanInts.START_NS] = span.startNs
  nums[c.numCount++] = span.start
  nums[c.numCount++] = durationNs
  c.intCount = at + SpanInts.COUNT
  if (form.constant === null) putText(c, name)
  const last = putAttributes(c, form, span)
  if (rich) putRich(c, span)
  c.ints[at + SpanInts.FORM] = last.id < 0 ? last.define() : last.id
  c.spans++
}

function putRich(c: Columns, span: SpanData): void {
  c.roomInts(6)
  c.ints[c.intCount++] = span.status
  putText(c, span.statusMessage)
  c.ints[c.intCount++] = span.droppedEvents
  c.ints[c.intCount++] = span.droppedLinks
  putEvents(c, span)
  putLinks(c, span)
}

/** Writes attributes of known forms. The first value or name that needs more leads to the careful way. */
function putAttributes(c: Columns, form: Form, span: SpanData): Form {
  const { k0, k1, k2, k3, more } = span
  if (k0 === undefined) return form
  const first = putOne(c, form, k0, span.v0)
  if (first === null || k1 === undefined) return first ?? putRest(c, form, all(span), 0)
  const second = putOne(c, first, k1, span.v1)
  if (second === null || k2 === undefined) return second ?? putRest(c, first, all(span), 2)
  const third = putOne(c, second, k2, span.v2)
  if (third === null || k3 === undefined) return third ?? putRest(c, second, all(span), 4)
  const fourth = putOne(c, third, k3, span.v3)
  if (fourth === null || more === null) return fourth ?? putRest(c, third, all(span), 6)
  return putPairs(c, fourth, more.pairs)
}

/** All attributes of a span. */
export function all({ k0, k1, k2, k3, v0, v1, v2, v3, more }: SpanData): Pairs {
  const keys = [k0, k1, k2, k3]
  const values = [v0, v1, v2, v3]
  const fields = keys.flatMap((key, i) => (key === undefined ? [] : [key, values[i] as Kept]))
  return more === null ? fields : fields.concat(more.pairs)
}

/** Where the forms of events begin. */
const eventRoot = new Root(Owner.SPAN, SpanKind.INTERNAL, '', false)

function putEvents(c: Columns, { events }: SpanData): void {
  c.roomInts(1)
  c.ints[c.intCount++] = events === null ? 0 : events.length
  if (events === null) return
  for (const { name, time, attributes } of events) {
    c.roomInts(3)
    c.roomNums(1)
    const form = eventRoot.text === name ? eventRoot.form : eventRoot.find(name)
    const at = c.intCount++
    c.ints[c.intCount++] = time.ns
    c.nums[c.numCount++] = time.us
    if (form.constant === null) putText(c, name)
    const last = putPairs(c, form, attributes)
    c.ints[at] = last.id < 0 ? last.define() : last.id
  }
}

function putLinks(c: Columns, { links }: SpanData): void {
  c.roomInts(1)
  c.ints[c.intCount++] = links === null ? 0 : links.length
  if (links === null) return
  for (const link of links) {
    c.roomInts(LinkInts.COUNT)
    const { ints, intCount: at } = c
    ints[at + LinkInts.TRACE] = link.t0
    ints[at + LinkInts.TRACE + 1] = link.t1
    ints[at + LinkInts.TRACE + 2] = link.t2
    ints[at + LinkInts.TRACE + 3] = link.t3
    ints[at + LinkInts.SPAN] = link.s0
    ints[at + LinkInts.SPAN + 1] = link.s1
    ints[at + LinkInts.FLAGS] = link.flags
    c.intCount += LinkInts.COUNT
    putTagged(c, link.attributes)
  }
}
