// How a batch gets to know a context and what it carries: once, and by a number from then on.

import { type Columns, OP_CARRIED, OP_CONTEXT } from '../batch/columns.js'
import { putTag } from '../batch/value_tags.js'
import { putKept } from '../values/kept.js'
import type { Carried, ContextImpl } from './context.js'

/** The number of a context in this batch. 0 is the empty context. */
export function place(c: Columns, context: ContextImpl): number {
  if (context.serial === c.serial) return context.place
  const carried = placeCarried(c, context.carried)
  if (!context.hasSpan && carried === 0) return 0
  c.roomInts(9)
  const { ints } = c
  let i = c.intCount
  ints[i++] = OP_CONTEXT
  ints[i++] = context.t0
  ints[i++] = context.t1
  ints[i++] = context.t2
  ints[i++] = context.t3
  ints[i++] = context.s0
  ints[i++] = context.s1
  ints[i++] = context.flags
  ints[i++] = carried
  c.intCount = i
  context.place = ++c.contexts
  context.serial = c.serial
  return context.place
}

/** The number of carried attributes in this batch. 0 is none. */
export function placeCarried(c: Columns, carried: Carried | null): number {
  if (carried === null || carried.attributes === null || carried.attributes.size === 0) return 0
  if (carried.serial === c.serial) return carried.place
  putTag(c, OP_CARRIED)
  putKept(c, carried.attributes)
  carried.place = ++c.carried
  carried.serial = c.serial
  return carried.place
}
