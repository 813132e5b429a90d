// Attributes of a call into the columns: the hot loop for plain objects.
// Not for attributes that need care: see attributes_careful.ts.

import type { Columns } from '../batch/columns.js'
import type { Form } from '../batch/forms.js'
import { cut } from '../batch/value_tags.js'
import { Kind } from '../batch/wire.js'
import { state } from '../runtime/state.js'
import { putRest, START, type Stop } from './attributes_careful.js'
import { Walk } from './budget.js'
import { isPlain } from './kinds.js'
import { putValue } from './write_value.js'

type Members = { readonly [key: string]: unknown }

/**
 * Writes the attributes behind `form` and returns the form with them. Forms grow in the careful way only, which reads
 * descriptors: so an accessor has no form of its own, and the hot loop leaves off where it meets one (or throws in it).
 * The loop writes to local variables, texts included, because fields of the columns would be read and written anew each time.
 */
export function putFlat(c: Columns, form: Form, attributes: object, time: number): Form {
  let { ints, nums, text, intCount: i, numCount: n } = c
  let node = form
  let seen = 0
  let stop: Stop | undefined
  const { attributes: limit, string_bytes: longest } = state.settings.limits
  // Where nothing has followed yet, descriptors come first: what this side does for the first time takes its time, and the budget
  // for accessors must not be charged with it.
  if (form.next === null || !isPlain(attributes)) return putRest(c, form, attributes, START, time)
  try {
    for (const key in attributes) {
      const value = (attributes as Members)[key]
      let next = node.next
      if (typeof value === 'string') {
        if (next === null || next.key !== key || next.kind !== Kind.STR) next = node.find(key, Kind.STR)
        if (next !== null) {
          const kept = value.length > longest ? cut(value, longest) : value
          text += kept
          ints[i++] = kept.length
        }
      } else if (typeof value === 'number') {
        if (next === null || next.key !== key || next.kind !== Kind.NUM) next = node.find(key, Kind.NUM)
        if (next !== null) nums[n++] = value
      } else if (typeof value === 'boolean') {
        if (next === null || next.key !== key || next.kind !== Kind.BOOL) next = node.find(key, Kind.BOOL)
        if (next !== null) ints[i++] = value ? 1 : 0
      } else if (value !== undefined) {
        next = value === null ? node.find(key, Kind.NULL) : node.find(key, Kind.TAGGED)
        if (next !== null && value !== null) {
          c.keep(text, i, n)
          putValue(c, value, new Walk())
          ;({ ints, nums, text, intCount: i, numCount: n } = c)
        }
      } else {
        seen++
        continue
      }
      if (next === null) {
        stop = { seen, key, value, threw: false }
        break
      }
      node = next
      if (++seen > limit) break
    }
  } catch {
    stop = { seen, key: undefined, value: undefined, threw: true }
  }
  c.keep(text, i, n)
  return stop === undefined ? node : putRest(c, node, attributes, stop, time)
}

