// Attributes that are kept for later: of contexts, bound loggers and series, and of spans until they end.

import { binding } from '#native'
import type { Columns } from '../batch/columns.js'
import { putKey, putTag } from '../batch/value_tags.js'
import { Tag } from '../batch/wire.js'
import { state } from '../runtime/state.js'
import { namesOf, Walk } from './budget.js'
import { isScalar } from './kinds.js'
import { encode, Encoded, replay } from './snapshot.js'
import { putFound, putValue } from './write_value.js'

/** A value that is kept as it is, or that is written with tags already because it could change. */
export type Kept = string | number | boolean | null | Encoded

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

/** A scalar as it is. Anything that could change is written with tags. */
export function keepOne(value: unknown, walk: Walk): Kept {
  if (isScalar(value)) return value
  return encode((c) => putFound(c, value, walk))
}

/** Writes kept attributes as tagged members up to an end tag. */
export function putKept(c: Columns, attributes: Iterable<readonly [string, Kept]> | null): void {
  if (attributes !== null) {
    const walk = new Walk()
    for (const [key, value] of attributes) {
      putKey(c, key)
      if (value instanceof Encoded) replay(c, value)
      else putValue(c, value, walk)
    }
  }
  putTag(c, Tag.END)
}
