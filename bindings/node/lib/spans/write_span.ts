// A finished span into the columns.
// Not for what happens before the end: see span.ts.

import type { Columns } from '../batch/columns.js'
import { type Form, Root } from '../batch/forms.js'
import { enter, settle } from '../batch/handover.js'
import { putText } from '../batch/value_tags.js'
import { Flag, Kind, LinkInts, Op, Owner, SpanInts, Status } from '../batch/wire.js'
import { placeCarried } from '../context/place.js'
import { state } from '../runtime/state.js'
import { Members } from '../values/attributes_careful.js'
import { Walk } from '../values/budget.js'
import { type Kept, putOneKept, putPairs } from '../values/kept.js'
import { kindOf } from '../values/kinds.js'
import type { More } from './more.js'
import type { SpanData } from './span_data.js'

/** So many attributes stand in fields. */
const FIELDS = 4

/** Where the forms of spans begin, by kind. Those with a scope begin by its name too. */
const roots: Root[] = []
const scoped = new Map<string, Root>()
const MAX_SCOPES = 256

function rootOf(span: SpanData): Root {
  if (span.scope === '') return (roots[span.kind] ??= new Root(Owner.SPAN, span.kind, '', false))
  const key = `${span.kind} ${span.scope}`
  let root = scoped.get(key)
  if (root === undefined) {
    root = new Root(Owner.SPAN, span.kind, span.scope, false)
    // Names of scopes stand in the code, so that there are never this many.
    if (scoped.size < MAX_SCOPES) scoped.set(key, root)
  }
  return root
}

/** Writes one span. Never throws. */
export function finish(span: SpanData, durationNs: number): void {
  let c: Columns | undefined
  try {
    c = enter()
    if (c === undefined) return
    c.busy = true
    c.mark()
    write(c, span, durationNs)
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
  return span.status !== Status.UNSET || span.events !== null || span.links !== null
}

function write(c: Columns, span: SpanData, durationNs: number): void {
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
  ints[at + SpanInts.FLAGS] = context.flags | (rich ? Flag.RICH : 0)
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
  if (first === null || k1 === undefined) return first ?? putRest(c, form, span, 0)
  const second = putOne(c, first, k1, span.v1)
  if (second === null || k2 === undefined) return second ?? putRest(c, first, span, 1)
  const third = putOne(c, second, k2, span.v2)
  if (third === null || k3 === undefined) return third ?? putRest(c, second, span, 2)
  const fourth = putOne(c, third, k3, span.v3)
  if (fourth === null || more === null) return fourth ?? putRest(c, third, span, 3)
  return putMore(c, fourth, span, more)
}

function putMore(c: Columns, form: Form, span: SpanData, { keys, values }: More): Form {
  c.roomInts(keys.length)
  c.roomNums(keys.length)
  let node = form
  for (let i = 0; i < keys.length; i++) {
    const next = putOne(c, node, keys[i] as string, values[i] as Kept)
    if (next === null) return putRest(c, node, span, FIELDS + i)
    node = next
  }
  return node
}

/** One attribute behind `form`. Null when the form is not known yet. */
function putOne(c: Columns, form: Form, key: string, value: Kept): Form | null {
  const kind = kindOf(value)
  let next = form.next
  if (next === null || next.key !== key || next.kind !== kind) next = form.find(key, kind)
  if (next === null) return null
  if (kind === Kind.STR) putText(c, value as string)
  else if (kind === Kind.NUM) c.nums[c.numCount++] = value as number
  else if (kind === Kind.BOOL) c.ints[c.intCount++] = value === true ? 1 : 0
  else if (kind === Kind.TAGGED) putOneKept(c, value)
  return next
}

/** Writes the attributes from number `done` on and makes forms for them. */
function putRest(c: Columns, form: Form, span: SpanData, done: number): Form {
  const all: (readonly [string | undefined, Kept])[] = [
    [span.k0, span.v0], [span.k1, span.v1], [span.k2, span.v2], [span.k3, span.v3],
  ]
  span.more?.keys.forEach((key, i) => all.push([key, span.more?.values[i] as Kept]))
  c.roomInts(all.length)
  c.roomNums(all.length)
  const members = new Members(c, form, new Walk())
  for (const [key, value] of all.slice(done)) if (key !== undefined) members.put(key, value, true)
  return members.end()
}

function putEvents(c: Columns, { events }: SpanData): void {
  c.roomInts(1)
  c.ints[c.intCount++] = events === null ? 0 : events.length
  if (events === null) return
  for (const { name, time, attributes } of events) {
    c.roomInts(2)
    c.roomNums(1)
    putText(c, name)
    c.ints[c.intCount++] = time.ns
    c.nums[c.numCount++] = time.us
    putPairs(c, attributes)
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
    c.intCount += LinkInts.COUNT
    putPairs(c, link.attributes)
  }
}
