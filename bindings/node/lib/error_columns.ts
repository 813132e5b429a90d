// The error of a record, with its causes, into the columns.
// Not for reading errors: see lib/errors.ts.

import type { Columns } from './columns.js'
import { type ErrorParts, readThrown } from './errors.js'
import { state } from './state.js'
import { cut } from './tags.js'
import { messageText } from './text.js'
import { Walk } from './walk.js'

/** The core keeps so many causes. */
const MAX_CAUSES = 8

/** Writes how many errors there are, outermost first, then type, message and stack of each. */
export function putErrors(c: Columns, error: unknown): void {
  const walk = new Walk()
  c.roomInts(1 + 3 * (MAX_CAUSES + 1))
  const head = c.intCount++
  const seen: unknown[] = []
  let next: unknown = error
  while (next !== undefined && seen.length <= MAX_CAUSES && !seen.includes(next)) {
    seen.push(next)
    const parts: ErrorParts = readThrown(next, messageText, walk)
    for (const text of [parts.type, parts.message, parts.stack]) {
      const kept = cut(text, state.settings.limits.string_bytes)
      c.text += kept
      c.ints[c.intCount++] = kept.length
    }
    next = parts.cause
  }
  c.ints[head] = seen.length
}
