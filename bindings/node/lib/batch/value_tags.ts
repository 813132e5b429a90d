// Texts, and tagged scalars: values in the columns that bring their kind along, as src/convert.rs reads them.
// Not for containers and whatever runs user code: see values/write_value.ts.

import { state } from '../runtime/state.js'
import type { Columns } from './columns.js'
import { type Mark, Tag } from './wire.js'

/** The most that a number within int64 takes, with its sign. */
const INT64_DIGITS = 20

/** Keeps out of the batch what the core, which cuts exactly, would cut anyway. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit + 1) return text
  const last = text.charCodeAt(limit + 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit + 1 : limit + 2)
}

/** A text whose place says what it is: a message, a name, a value of a form's attribute. It needs one integer of the slack. */
export function putText(c: Columns, text: string): void {
  putUpTo(c, text, state.settings.limits.string_bytes)
}

function putUpTo(c: Columns, text: string, limit: number): void {
  const kept = cut(text, limit)
  c.text += kept
  c.ints[c.intCount++] = kept.length
}

/** The stack of an error. It needs one integer of the slack. */
export function putStack(c: Columns, stack: string): void {
  const kept = cut(stack, state.settings.limits.string_bytes)
  if (kept !== '') c.stacks.push(kept)
  c.stackUnits += kept.length
  c.ints[c.intCount++] = kept.length
}

/** A string. */
export function putString(c: Columns, text: string): void {
  putTag(c, Tag.STR)
  putText(c, text)
}

/** The name of a member of a map. */
export function putKey(c: Columns, key: string): void {
  putTag(c, Tag.KEY)
  putUpTo(c, key, state.settings.limits.key_bytes)
}

/** A BigInt, in decimal. */
export function putBig(c: Columns, digits: string): void {
  putTag(c, Tag.BIG)
  // The core reads digits that fit into int64 as a number, and a part of them would be another number.
  putUpTo(c, digits, Math.max(state.settings.limits.string_bytes, INT64_DIGITS))
}

/** A tag, which for some values says everything. It makes room for itself and one more integer. */
export function putTag(c: Columns, tag: Tag): void {
  c.roomInts(2)
  c.ints[c.intCount++] = tag
}

export function putNumber(c: Columns, value: number): void {
  c.roomNums(1)
  putTag(c, Tag.NUM)
  c.nums[c.numCount++] = value
}

/** A point in time, in milliseconds since 1970. */
export function putTime(c: Columns, ms: number): void {
  c.roomNums(1)
  putTag(c, Tag.TIME)
  c.nums[c.numCount++] = ms
}

export function putMark(c: Columns, mark: Mark): void {
  putTag(c, Tag.MARK)
  c.ints[c.intCount++] = mark
}

/** Bytes, no more of them than the core would keep. */
export function putBytes(c: Columns, bytes: Uint8Array): void {
  const kept = bytes.subarray(0, state.settings.limits.string_bytes + 1)
  const whole = Math.ceil(kept.length / 4)
  c.roomInts(2 + whole)
  c.ints[c.intCount++] = Tag.BYTES
  c.ints[c.intCount++] = kept.length
  c.ints.fill(0, c.intCount, c.intCount + whole)
  new Uint8Array(c.ints.buffer, c.intCount * 4, kept.length).set(kept)
  c.intCount += whole
}
