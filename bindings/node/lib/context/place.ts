// How a batch gets to know a context and what it carries: once, and by a number from then on.

import type { Columns } from '../batch/columns.js'
import { ContextInts, Op } from '../batch/wire.js'
import { putText } from '../batch/value_tags.js'
import { portions, putKept } from '../values/kept.js'
import type { Carried, ContextImpl } from './context.js'

/** The number of a context in this batch. 0 is the empty context. */
export function place(c: Columns, context: ContextImpl): number {
  if (context.serial === c.serial) return context.place
  const carried = placeCarried(c, context.carried)
  if (!context.hasSpan && carried === 0) return 0
  c.roomInts(1 + ContextInts.COUNT)
  const { ints } = c
  ints[c.intCount++] = Op.CONTEXT
  const at = c.intCount
  ints[at + ContextInts.TRACE] = context.t0
  ints[at + ContextInts.TRACE + 1] = context.t1
  ints[at + ContextInts.TRACE + 2] = context.t2
  ints[at + ContextInts.TRACE + 3] = context.t3
  ints[at + ContextInts.SPAN] = context.s0
  ints[at + ContextInts.SPAN + 1] = context.s1
  ints[at + ContextInts.FLAGS] = context.flags
  ints[at + ContextInts.CARRIED] = carried
  c.intCount = at + ContextInts.COUNT
  context.place = ++c.contexts
  context.serial = c.serial
  return context.place
}

/** The number in this batch of what a context carries. 0 is nothing. */
export function placeCarried(c: Columns, carried: Carried | null): number {
  if (carried === null) return 0
  const { attributes, traceState } = carried
  if (traceState === '' && (attributes === null || attributes.size === 0)) return 0
  if (carried.serial === c.serial) return carried.place
  let base = 0
  for (const portion of attributes === null ? [null] : portions(attributes)) {
    c.roomInts(2)
    c.ints[c.intCount++] = Op.CARRIED
    c.ints[c.intCount++] = base
    putText(c, base === 0 ? traceState : '')
    putKept(c, portion)
    base = ++c.carried
  }
  carried.place = base
  carried.serial = c.serial
  return carried.place
}
