// A line of another logger into the columns, as it is: the core reads it, on its own thread.
// Not for records whose parts are known here: see write_record.ts.

import type { Columns } from '../batch/columns.js'
import { enter, settle } from '../batch/handover.js'
import { LineInts, Op } from '../batch/wire.js'
import { here } from '../context/current.js'
import { place } from '../context/place.js'
import { now } from '../runtime/clock.js'
import { begin } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'

/** The number of pino's level from which on a record is written before the call returns: error. */
const URGENT = 50
/** A longer line is no record that anybody would read: it is kept to be told of, not to be read as a whole. */
const MOST_UNITS = 16 * 1024 * 1024

/**
 * Takes one line. `keys` is the number of what its writer calls its parts, `level` the number of its level in pino, 0 where only
 * the line says it; `levelName` is empty for pino's own levels. Never throws.
 */
export function putLine(keys: number, line: string, level: number, levelName: string): void {
  if (!state.configured) begin()
  let c: Columns | undefined
  let time = 0
  try {
    c = enter()
    if (c === undefined) return
    c.busy = true
    time = now()
    c.mark()
    write(c, keys, line.length > MOST_UNITS ? line.slice(0, MOST_UNITS) : line, level, levelName, time)
    c.open = false
  } catch {
    // The stack is exhausted: there is no room to say more.
    state.lost++
    return
  } finally {
    if (c !== undefined) c.busy = false
  }
  settle(c, time, level >= URGENT)
}

function write(c: Columns, keys: number, line: string, level: number, levelName: string, time: number): void {
  const context = here()
  const contextPlace = context.serial === c.serial ? context.place : place(c, context)
  const { ints } = c
  let at = c.intCount
  ints[at++] = Op.LINE
  ints[at + LineInts.KEYS] = keys
  ints[at + LineInts.LEVEL] = level
  ints[at + LineInts.CONTEXT] = contextPlace
  at += LineInts.COUNT
  c.nums[c.numCount++] = time
  ints[at++] = line.length
  ints[at++] = levelName.length
  c.text += line
  c.text += levelName
  c.intCount = at
  c.logs++
}
