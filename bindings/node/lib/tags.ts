// Tags of values in the columns, as bindings/node/src/convert.rs reads them, and the writing of one tagged scalar.
// Not for containers and not for user code: see lib/convert.ts.

import type { Columns } from './columns.js'
import { state } from './state.js'

export const T_STR = 0
export const T_NUM = 1
export const T_TRUE = 2
export const T_FALSE = 3
export const T_NULL = 4
/** A BigInt as decimal text. */
export const T_BIG = 5
/** Length, then the bytes, four to an integer. */
export const T_BYTES = 6
/** Members follow, each a T_KEY and a value, up to T_END. */
export const T_MAP = 7
/** Values follow, up to T_END. */
export const T_LIST = 8
export const T_END = 9
export const T_KEY = 10
/** A marker instead of a value: its number follows. */
export const T_MARK = 11

/** Numbers of the markers, as the core spells them. */
export const CIRCULAR = 0
export const GETTER_THREW = 1
export const TRUNCATED = 2

/** With the sign. */
const INT64_DIGITS = 20

/** The core cuts exactly; this only keeps what is cut anyway out of the batch. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit + 1) return text
  const last = text.charCodeAt(limit + 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit + 1 : limit + 2)
}

/** A string. */
export function putText(c: Columns, tag: number, text: string): void {
  const { key_bytes: keyBytes, string_bytes: stringBytes } = state.settings.limits
  // Digits of a number that fits into int64 are a number, and a part of them would be another one.
  const kept = cut(text, tag === T_KEY ? keyBytes : tag === T_BIG ? Math.max(stringBytes, INT64_DIGITS) : stringBytes)
  c.roomInts(2)
  c.ints[c.intCount++] = tag
  c.ints[c.intCount++] = kept.length
  c.text += kept
}

/** A tag that says everything. */
export function putTag(c: Columns, tag: number): void {
  c.roomInts(1)
  c.ints[c.intCount++] = tag
}

export function putNumber(c: Columns, value: number): void {
  c.roomNums(1)
  putTag(c, T_NUM)
  c.nums[c.numCount++] = value
}

export function putMark(c: Columns, mark: number): void {
  c.roomInts(2)
  c.ints[c.intCount++] = T_MARK
  c.ints[c.intCount++] = mark
}

/** Bytes, cut to what the core would keep. */
export function putBytes(c: Columns, bytes: Uint8Array): void {
  const kept = bytes.subarray(0, state.settings.limits.string_bytes + 1)
  const whole = Math.ceil(kept.length / 4)
  c.roomInts(2 + whole)
  c.ints[c.intCount++] = T_BYTES
  c.ints[c.intCount++] = kept.length
  c.ints.fill(0, c.intCount, c.intCount + whole)
  new Uint8Array(c.ints.buffer, c.intCount * 4, kept.length).set(kept)
  c.intCount += whole
}
