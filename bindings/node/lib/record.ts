// A log record into the columns, from the arguments of a logging call.
// Not for levels and names (lib/logger.ts) nor for the attributes themselves (lib/flat.ts).

import { enter, settle } from './batches.js'
import { now } from './clock.js'
import type { Columns } from './columns.js'
import { place, placeBound } from './current.js'
import { putErrors } from './error_columns.js'
import { isError } from './errors.js'
import { isPlain, putFlat } from './flat.js'
import type { LoggerImpl } from './logger.js'
import { state } from './state.js'
import { cut } from './tags.js'
import { messageText } from './text.js'

/** Severity number from which a record is written before the call returns. */
const URGENT = 17

/** Writes one record. Never throws. */
export function record(logger: LoggerImpl, severity: number, message: unknown, a: unknown, b: unknown): void {
  let c: Columns | undefined
  let time = 0
  try {
    c = enter()
    if (c === undefined) return
    c.busy = true
    time = now()
    c.mark()
    write(c, logger, severity, message, a, b, time)
    c.open = false
  } catch {
    // The stack is exhausted: there is no room to say more.
    state.lost++
    return
  } finally {
    if (c !== undefined) c.busy = false
  }
  settle(c, time, severity >= URGENT)
}

/** The error among the arguments: one that stands alone, or whatever stands before attributes. */
function errorIn(a: unknown, b: unknown): unknown {
  if (b !== undefined || typeof a !== 'object') return a ?? undefined
  return a !== null && !isPlain(a) && isError(a) ? a : undefined
}

function write(
  c: Columns,
  logger: LoggerImpl,
  severity: number,
  message: unknown,
  a: unknown,
  b: unknown,
  time: number,
): void {
  const error = errorIn(a, b)
  const attributes = b !== undefined ? b : error === undefined ? a : undefined
  const context = state.current.getStore() ?? state.initial
  const contextPlace = context.serial === c.serial ? context.place : place(c, context)
  const boundPlace = logger.bound === null ? 0 : logger.serial === c.serial ? logger.place : placeBound(c, logger)

  const isText = typeof message === 'string'
  const root = logger.family.root(severity, error !== undefined, !isText)
  let form = isText ? (root.text === message ? root.form : root.find(message)) : root.bringing
  const head = c.intCount
  c.intCount += 3
  c.nums[c.numCount++] = time
  if (form.constant === null) bring(c, isText ? message : messageText(message))
  if (typeof attributes === 'object' && attributes !== null) form = putFlat(c, form, attributes, time)
  if (error !== undefined) putErrors(c, error)
  const { ints } = c
  ints[head] = form.id < 0 ? form.define() : form.id
  ints[head + 1] = contextPlace
  ints[head + 2] = boundPlace
  c.logs++
}

/** A message that is not the form's own travels with the record. */
function bring(c: Columns, message: string): void {
  const kept = cut(message, state.settings.limits.string_bytes)
  c.text += kept
  c.ints[c.intCount++] = kept.length
}
