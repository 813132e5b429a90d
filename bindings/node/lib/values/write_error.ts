// The error of a record, with its causes, into the columns.
// Not for reading errors: see read_error.ts.

import type { Columns } from '../batch/columns.js'
import { putText } from '../batch/value_tags.js'
import { Most } from '../batch/wire.js'
import { Walk } from './budget.js'
import { readThrown } from './read_error.js'

/** Writes how many errors there are, outermost first, then type, message and stack of each. */
export function putErrors(c: Columns, error: unknown): void {
  const walk = new Walk()
  c.roomInts(1 + 3 * Most.ERRORS)
  const head = c.intCount++
  const seen: unknown[] = []
  let next: unknown = error
  while (next !== undefined && seen.length < Most.ERRORS && !seen.includes(next)) {
    seen.push(next)
    const { type, message, stack, cause } = readThrown(next, walk)
    putText(c, type)
    putText(c, message)
    putText(c, stack)
    next = cause
  }
  c.ints[head] = seen.length
}
