// A finished span into the columns.
// Not for what happens before the end: see lib/span.ts.

import { handOver, settle } from './batches.js'
import { type Columns, OP_SPAN } from './columns.js'
import type { Kept } from './context.js'
import { place, putKept } from './current.js'
import { Encoded, replay } from './encoded.js'
import { BOOL, type Form, NULL, NUM, Root, SPAN, STR, TAGGED } from './forms.js'
import { Members } from './rest.js'
import type { SpanImpl } from './span.js'
import { state } from './state.js'
import { cut } from './tags.js'
import { Walk } from './walk.js'

/** Where the forms of spans begin, by kind; those with a scope by its name too. */
const roots: Root[] = [0, 1, 2, 3, 4].map((kind) => new Root(SPAN, kind, '', false))
const scoped = new Map<string, Root>()
const MAX_SCOPES = 256

function rootOf(span: SpanImpl): Root {
  if (span.scope === '') return roots[span.kind] as Root
  const key = `${span.kind} ${span.scope}`
  let root = scoped.get(key)
  if (root === undefined) {
    root = new Root(SPAN, span.kind, span.scope, false)
    // Names of scopes are code, not data: this many are never seen.
    if (scoped.size < MAX_SCOPES) scoped.set(key, root)
  }
  return root
}

/** Writes one span. Never throws. */
export function finish(span: SpanImpl, durationNs: number): void {
  const c = state.columns.busy ? state.spare : state.columns
  if (c.busy) {
    state.lost++
    return
  }
  c.busy = true
  if (c.isFull()) handOver(c, false)
  const { text, intCount, numCount, contexts, bounds } = c
  try {
    write(c, span, durationNs)
  } catch {
    state.lost++
    c.rollBack(text, intCount, numCount, contexts, bounds, state.nextSerial())
    return
  } finally {
    c.busy = false
  }
  settle(c, span.start + durationNs / 1000, false)
}

function write(c: Columns, span: SpanImpl, durationNs: number): void {
  const contextPlace = place(c, span.context)
  const root = rootOf(span)
  const { name } = span
  const statusMessage = cut(span.statusMessage, state.settings.limits.string_bytes)
  const form = root.text === name ? root.form : root.find(name)
  const { ints, nums } = c
  let i = c.intCount
  ints[i++] = OP_SPAN
  const formAt = i++
  ints[i++] = contextPlace
  ints[i++] = span.parent0
  ints[i++] = span.parent1
  ints[i++] = span.startNs
  ints[i++] = span.status
  ints[i++] = statusMessage.length
  ints[i++] = span.droppedEvents
  ints[i++] = span.droppedLinks
  c.text += statusMessage
  nums[c.numCount++] = span.start
  nums[c.numCount++] = durationNs
  c.intCount = i
  if (form.constant === null) bring(c, name)
  const last = putAttributes(c, form, span.keys, span.values)
  putEvents(c, span)
  putLinks(c, span)
  c.ints[formAt] = last.id < 0 ? last.define() : last.id
  c.spans++
}

function bring(c: Columns, name: string): void {
  const kept = cut(name, state.settings.limits.string_bytes)
  c.text += kept
  c.ints[c.intCount++] = kept.length
}

/** Scalars in place; the first value or name that needs more leads to the careful way. */
function putAttributes(c: Columns, form: Form, keys: readonly string[], values: readonly Kept[]): Form {
  c.roomInts(keys.length)
  c.roomNums(keys.length)
  let node = form
  const { string_bytes: longest } = state.settings.limits
  for (let k = 0; k < keys.length; k++) {
    const key = keys[k] as string
    const value = values[k] as Kept
    const kind = kindOf(value)
    let next = node.next
    if (next === null || next.key !== key || next.kind !== kind) next = node.find(key, kind)
    if (next === null) return putRest(c, node, keys, values, k)
    node = next
    if (kind === STR) {
      const kept = cut(value as string, longest)
      c.text += kept
      c.ints[c.intCount++] = kept.length
    } else if (kind === NUM) c.nums[c.numCount++] = value as number
    else if (kind === BOOL) c.ints[c.intCount++] = value === true ? 1 : 0
    else if (kind === TAGGED) replay(c, value as Encoded)
  }
  return node
}

function putRest(c: Columns, form: Form, keys: readonly string[], values: readonly Kept[], from: number): Form {
  const members = new Members(c, form, new Walk())
  for (let k = from; k < keys.length; k++) members.put(keys[k] as string, values[k], true)
  return members.end()
}

function kindOf(value: Kept): number {
  if (typeof value === 'string') return STR
  if (typeof value === 'number') return NUM
  if (typeof value === 'boolean') return BOOL
  return value === null ? NULL : TAGGED
}

function putEvents(c: Columns, { events }: SpanImpl): void {
  c.roomInts(1)
  c.ints[c.intCount++] = events === null ? 0 : events.length
  if (events === null) return
  for (const { name, time, attributes } of events) {
    c.roomInts(2)
    c.roomNums(1)
    bring(c, name)
    c.ints[c.intCount++] = time.ns
    c.nums[c.numCount++] = time.us
    putKept(c, attributes)
  }
}

function putLinks(c: Columns, { links }: SpanImpl): void {
  c.roomInts(1)
  c.ints[c.intCount++] = links === null ? 0 : links.length
  if (links === null) return
  for (const { ids, attributes } of links) {
    c.roomInts(6)
    for (const id of ids) c.ints[c.intCount++] = id
    putKept(c, attributes)
  }
}
