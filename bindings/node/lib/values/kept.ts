// Attributes that are kept for later: of contexts, bound loggers and series, and of spans until they end.

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

/** A scalar as it is. Anything that could change is written with tags. */
export function keepOne(value: unknown, walk: Walk): Kept {
  if (isScalar(value)) return value
  return encode((c) => putFound(c, value, walk))
}

/** Writes kept attributes as tagged members up to an end tag. */
export function putKept(c: Columns, attributes: ReadonlyMap<string, Kept> | null): void {
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
