// Attributes of spans and events into the columns, behind a form.
// Not for attributes as users hand them in: see values/kept.ts.

import type { Columns } from '../batch/columns.js'
import type { Form } from '../batch/forms.js'
import { putText } from '../batch/value_tags.js'
import { Kind } from '../batch/wire.js'
import { Members } from '../values/attributes_careful.js'
import { Walk } from '../values/budget.js'
import { type Kept, type Pairs, putOneKept } from '../values/kept.js'
import { kindOf } from '../values/kinds.js'

/** One attribute behind `form`. Null when the form is not known yet. */
export function putOne(c: Columns, form: Form, key: string, value: Kept): Form | null {
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

/** Writes all of these behind `form`. The first value or name that needs more leads to the careful way. */
export function putPairs(c: Columns, form: Form, pairs: Pairs): Form {
  c.roomInts(pairs.length)
  c.roomNums(pairs.length)
  let node = form
  for (let i = 0; i < pairs.length; i += 2) {
    const next = putOne(c, node, pairs[i] as string, pairs[i + 1] as Kept)
    if (next === null) return putRest(c, node, pairs, i)
    node = next
  }
  return node
}

/** Writes the pairs from this place on and makes forms for them. */
export function putRest(c: Columns, form: Form, pairs: Pairs, from: number): Form {
  c.roomInts(pairs.length)
  c.roomNums(pairs.length)
  const members = new Members(c, form, new Walk())
  for (let i = from; i < pairs.length; i += 2) members.put(pairs[i] as string, pairs[i + 1], true)
  return members.end()
}
