// The one way from any JavaScript value into the columns: guarded, bounded, without `toJSON` and without `JSON.stringify`.
// Exact limits, redaction and escaping are not done here: the core does them, for every language alike.

import { types } from 'node:util'
import type { Columns } from '../batch/columns.js'
import { putBig, putBytes, putKey, putMark, putNumber, putString, putTag, putTime } from '../batch/value_tags.js'
import { Mark, Tag } from '../batch/wire.js'
import { state } from '../runtime/state.js'
import { Walk } from './budget.js'
import { instanceText, keyText, symbolText } from './describe.js'
import { isError, readError } from './read_error.js'
import { Encoded, replay } from './snapshot.js'

/** Writes one value with tags. Never throws, except when the stack is exhausted. */
export function putValue(c: Columns, value: unknown, walk: Walk): void {
  walk.nodes++
  switch (typeof value) {
    case 'string':
      return putString(c, value)
    case 'number':
      return putNumber(c, value)
    case 'boolean':
      return putTag(c, value ? Tag.TRUE : Tag.FALSE)
    case 'bigint':
      return putBig(c, bigText(value))
    case 'undefined':
      return putTag(c, Tag.NULL)
    case 'object':
      return value === null ? putTag(c, Tag.NULL) : putObject(c, value, walk)
    default:
      return putString(c, symbolText(value))
  }
}

/** Writes what `Walk` has found: a value, or why there is none. */
export function putFound(c: Columns, found: unknown, walk: Walk): void {
  if (found !== Walk.THREW && found !== Walk.OVER) return putValue(c, found, walk)
  walk.nodes++
  putMark(c, found === Walk.THREW ? Mark.GETTER_THREW : Mark.OVER_BUDGET)
}

/** The digits of a BigInt. One of a million digits would take seconds to print, so beyond 4096 bits it is left out. */
function bigText(value: bigint): string {
  return BigInt.asIntN(4096, value) === value ? value.toString() : '[truncated]'
}

function putObject(c: Columns, value: object, walk: Walk): void {
  if (!walk.enter(value)) return putMark(c, Mark.CIRCULAR)
  const { text, intCount, numCount } = c
  try {
    putKind(c, value, walk)
  } catch {
    // This is a proxy or a patched built-in. What was written of it is incomplete.
    c.text = text
    c.intCount = intCount
    c.numCount = numCount
    putMark(c, Mark.GETTER_THREW)
  } finally {
    walk.leave()
  }
}

function putKind(c: Columns, value: object, walk: Walk): void {
  if (types.isProxy(value)) return putProxy(c, value, walk)
  if (value instanceof Encoded) return replay(c, value)
  if (Array.isArray(value)) return putList(c, value, walk, NOTHING)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return putMembers(c, value, Object.keys(value), walk, false)
  if (types.isDate(value)) return putDate(c, value)
  if (ArrayBuffer.isView(value)) {
    return putBytes(c, new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  }
  if (types.isAnyArrayBuffer(value)) return putBytes(c, new Uint8Array(value))
  if (isError(value)) return putError(c, value, walk)
  if (types.isMap(value)) return putMap(c, value, walk)
  if (types.isSet(value)) return putSet(c, value, walk)
  if (types.isBoxedPrimitive(value)) return putValue(c, unboxed(value), walk)
  const text = instanceText(value, walk)
  return text === undefined ? putMembers(c, value, Object.keys(value), walk, false) : putString(c, text)
}

const timeOf = Date.prototype.getTime
const isoOf = Date.prototype.toISOString

/** Up to this time, which is in the year 2255, nanoseconds fit into the 64 bits that the core counts them in. */
const LAST_MS = 9e12

/**
 * RFC 3339 with six decimals, as time stamps are written. The core makes it, because the engine takes longer for it than for all
 * else of a usual record. The built-in methods read the date, whatever methods the object has.
 */
function putDate(c: Columns, value: Date): void {
  const ms = timeOf.call(value)
  if (ms >= 0 && ms <= LAST_MS) putTime(c, ms)
  else putString(c, Number.isNaN(ms) ? 'Invalid Date' : `${isoOf.call(value).slice(0, -1)}000Z`)
}

function unboxed(value: object): unknown {
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value)
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value)
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value)
  if (types.isBigIntObject(value)) return BigInt.prototype.valueOf.call(value)
  return Symbol.prototype.valueOf.call(value)
}

/** A proxy, each of whose traps is users' code. */
function putProxy(c: Columns, value: object, walk: Walk): void {
  if (Array.isArray(value)) return putList(c, value, walk, null)
  const keys = walk.call(() => Object.keys(value))
  if (Array.isArray(keys)) putMembers(c, value, keys as string[], walk, true)
  else putFound(c, keys, walk)
}

/** Opens a container. False when nothing may follow inside: then it is closed again, and the core tells why in its place. */
function open(c: Columns, container: Tag, walk: Walk): boolean {
  putTag(c, container)
  const within = walk.depth <= state.settings.limits.depth
  if (!within) putTag(c, Tag.END)
  return within
}

/** Closes a container. What there was no room for shows as one last element, which the core writes only once. */
function close(c: Columns, container: Tag, complete: boolean): void {
  if (!complete) {
    if (container === Tag.MAP) putKey(c, '[truncated]')
    putMark(c, Mark.TRUNCATED)
  }
  putTag(c, Tag.END)
}

const NOTHING: readonly never[] = []

/** Writes a list, no proxy, of which these first elements were read already. */
export function putBegun(c: Columns, value: readonly unknown[], read: readonly unknown[], walk: Walk): void {
  walk.nodes++
  walk.enter(value)
  try {
    putList(c, value, walk, read)
  } finally {
    walk.leave()
  }
}

/** `read` are the first elements, as far as they were read already, null for a proxy. */
function putList(c: Columns, value: readonly unknown[], walk: Walk, read: readonly unknown[] | null): void {
  if (!open(c, Tag.LIST, walk)) return
  const length = read === null ? walk.call(() => value.length) : value.length
  const last = typeof length === 'number' ? length : 0
  let i = 0
  for (; i < last && walk.hasRoom(); i++) {
    const found = read === null ? walk.call(() => value[i]) : i < read.length ? read[i] : elementOf(value, i)
    putFound(c, found, walk)
  }
  if (typeof length !== 'number') putFound(c, length, walk)
  close(c, Tag.LIST, i === last)
}

/** One element. When an accessor of an array throws, only this element is lost. */
export function elementOf(value: readonly unknown[], i: number): unknown {
  try {
    return value[i]
  } catch {
    return Walk.THREW
  }
}

function putMembers(c: Columns, value: object, keys: readonly string[], walk: Walk, isProxy: boolean): void {
  if (!open(c, Tag.MAP, walk)) return
  const limit = Math.min(keys.length, state.settings.limits.attributes + 1)
  let i = 0
  for (; i < limit && walk.hasRoom(); i++) {
    const key = keys[i] as string
    putMember(c, key, isProxy ? walk.call(() => walk.read(value, key)) : walk.read(value, key), walk)
  }
  close(c, Tag.MAP, i === limit)
}

/** One member of a map. Nothing is written when the value is undefined. */
export function putMember(c: Columns, key: string, found: unknown, walk: Walk): void {
  if (found === undefined) return
  putKey(c, key)
  putFound(c, found, walk)
}

const entriesOf = Map.prototype.entries
const valuesOf = Set.prototype.values

function putMap(c: Columns, value: Map<unknown, unknown>, walk: Walk): void {
  if (!open(c, Tag.MAP, walk)) return
  let left = state.settings.limits.attributes + 1
  let complete = true
  for (const [key, member] of entriesOf.call(value)) {
    if (left-- <= 0) break
    complete = walk.hasRoom()
    if (!complete) break
    if (member === undefined) continue
    putKey(c, keyText(key, walk))
    putValue(c, member, walk)
  }
  close(c, Tag.MAP, complete)
}

function putSet(c: Columns, value: Set<unknown>, walk: Walk): void {
  if (!open(c, Tag.LIST, walk)) return
  let complete = true
  for (const member of valuesOf.call(value)) {
    complete = walk.hasRoom()
    if (!complete) break
    putValue(c, member, walk)
  }
  close(c, Tag.LIST, complete)
}

/** An error as an attribute has the shape of the line's own `error`. */
function putError(c: Columns, value: object, walk: Walk): void {
  if (!open(c, Tag.MAP, walk)) return
  const { type, message, stack, cause, errors, own } = readError(value, walk)
  for (const [key, text] of [['type', type], ['message', message], ['stack', stack]] as const) {
    if (text !== '') putMember(c, key, text, walk)
  }
  if (walk.hasRoom()) putMember(c, 'cause', cause, walk)
  if (errors.length > 0 && walk.hasRoom()) {
    putKey(c, 'errors')
    putList(c, errors, walk, NOTHING)
  }
  if (own.length > 0 && walk.hasRoom()) {
    putKey(c, 'attributes')
    putMembers(c, value, own, walk, false)
  }
  putTag(c, Tag.END)
}
