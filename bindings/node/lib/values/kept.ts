// Attributes that are kept for later: of contexts, bound loggers and series, and of spans until they end.

import { binding } from '#native'
import { types } from 'node:util'
import type { Columns } from '../batch/columns.js'
import { putKey, putNumber, putString, putTag } from '../batch/value_tags.js'
import { Tag } from '../batch/wire.js'
import { state } from '../runtime/state.js'
import { namesOf, Walk } from './budget.js'
import { isScalar, type Scalar } from './kinds.js'
import { encode, Encoded, replay } from './snapshot.js'
import { elementOf, putBegun, putFound } from './write_value.js'

/** A value that is kept as it is, a copy of a short list of such values, or a value that is written with tags already because it could change. */
export type Kept = Scalar | readonly Scalar[] | Encoded

/** Names and values in turn. */
export type Pairs = readonly Kept[]

const NOTHING: ReadonlyMap<string, Kept> = new Map()

/** Attributes as they are now, behind those of `base`. The last value of a key wins at its first place. */
export function keep(base: ReadonlyMap<string, Kept> | null, attributes: unknown): ReadonlyMap<string, Kept> {
  if (typeof attributes !== 'object' || attributes === null) return base ?? NOTHING
  const merged = new Map(base)
  const walk = new Walk()
  const limit = state.settings.limits.attributes + 1
  for (const key of namesOf(attributes)) {
    if (merged.size > limit) break
    const value = walk.read(attributes, key)
    if (value !== undefined) merged.set(key, keepOne(value, walk))
  }
  return merged
}

/** What stands in the place of attributes beyond the limit, as the core has it. */
const TRUNCATED = '[truncated]'

/**
 * The attributes of one call behind those of `base`: the limit is for each call, so the core never sees the excess, which is
 * counted here.
 */
export function keepBehind(base: ReadonlyMap<string, Kept> | null, attributes: unknown): ReadonlyMap<string, Kept> {
  if (typeof attributes !== 'object' || attributes === null) return base ?? NOTHING
  const merged = new Map(base)
  const walk = new Walk()
  const names = namesOf(attributes)
  let room = state.settings.limits.attributes
  let place = 0
  for (const key of names) {
    if (room === 0) {
      merged.set(TRUNCATED, TRUNCATED)
      binding.countTruncated(names.length - place)
      break
    }
    place++
    const value = walk.read(attributes, key)
    if (value === undefined) continue
    merged.set(key, keepOne(value, walk))
    room--
  }
  return merged
}

/** Kept attributes in portions that the core takes as those of one call each. */
export function portions(attributes: ReadonlyMap<string, Kept>): readonly Iterable<readonly [string, Kept]>[] {
  const most = Math.max(state.settings.limits.attributes, 1)
  if (attributes.size <= most) return [attributes]
  const all = [...attributes]
  return Array.from({ length: Math.ceil(all.length / most) }, (_, n) => all.slice(n * most, (n + 1) * most))
}

const NO_PAIRS: Pairs = []

/** Attributes as they are now, where nothing is behind them whose keys could be the same. */
export function keepPairs(attributes: unknown): Pairs {
  if (typeof attributes !== 'object' || attributes === null) return NO_PAIRS
  const walk = new Walk()
  const names = namesOf(attributes)
  const most = 2 * Math.min(names.length, state.settings.limits.attributes + 2)
  // A list that is made at its length, because one that grows has room for sixteen more.
  const pairs = new Array<Kept>(most)
  let count = 0
  for (let i = 0; count < most && i < names.length; i++) {
    const key = names[i] as string
    const value = walk.read(attributes, key)
    if (value === undefined) continue
    pairs[count++] = key
    pairs[count++] = keepOne(value, walk)
  }
  if (count < most) pairs.length = count
  return pairs
}

/** So many elements may a list have that is copied. */
const SHORT = 32

/** A scalar as it is, a copy of a short list of scalars. Anything else that could change is written with tags. */
export function keepOne(value: unknown, walk: Walk): Kept {
  if (isScalar(value)) return value
  if (!isShortList(value)) return encode((c) => putFound(c, value, walk))
  const { length } = value
  const copy = new Array<Scalar>(length)
  for (let i = 0; i < length; i++) {
    const element = elementOf(value, i)
    if (!isScalar(element)) return encode((c) => putBegun(c, value, [...copy.slice(0, i), element], walk))
    copy[i] = element
  }
  return copy
}

function isShortList(value: unknown): value is readonly unknown[] {
  return typeof value === 'object' && !types.isProxy(value) && Array.isArray(value) && value.length <= SHORT
}

/** Writes kept attributes as tagged members up to an end tag. */
export function putKept(c: Columns, attributes: Iterable<readonly [string, Kept]> | null): void {
  if (attributes !== null) {
    for (const [key, value] of attributes) {
      putKey(c, key)
      putOneKept(c, value)
    }
  }
  putTag(c, Tag.END)
}

/** The same for pairs. */
export function putTagged(c: Columns, pairs: Pairs): void {
  for (let i = 0; i < pairs.length; i += 2) {
    putKey(c, pairs[i] as string)
    putOneKept(c, pairs[i + 1] as Kept)
  }
  putTag(c, Tag.END)
}

/** Writes a kept value with tags. */
export function putOneKept(c: Columns, value: Kept): void {
  if (value instanceof Encoded) return replay(c, value)
  if (!isList(value)) return putScalar(c, value)
  putTag(c, Tag.LIST)
  for (let i = 0; i < value.length; i++) putScalar(c, value[i] as Scalar)
  putTag(c, Tag.END)
}

function isList(value: Kept): value is readonly Scalar[] {
  return typeof value === 'object' && value !== null
}

function putScalar(c: Columns, value: Scalar): void {
  if (typeof value === 'string') putString(c, value)
  else if (typeof value === 'number') putNumber(c, value)
  else putTag(c, value === null ? Tag.NULL : value ? Tag.TRUE : Tag.FALSE)
}
