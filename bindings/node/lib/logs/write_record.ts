// A log record into the columns, from the arguments of a logging call.
// Not for levels and names: see logger.ts.

import type { Columns } from '../batch/columns.js'
import type { Root } from '../batch/forms.js'
import { enter, settle } from '../batch/handover.js'
import { putText } from '../batch/value_tags.js'
import { LogInts, Op, Style } from '../batch/wire.js'
import { here } from '../context/current.js'
import { place } from '../context/place.js'
import { now } from '../runtime/clock.js'
import { state } from '../runtime/state.js'
import { putFlat } from '../values/attributes_fast.js'
import { type Kept, portions, putKept } from '../values/kept.js'
import { putErrors } from '../values/write_error.js'
import { type Call, isFailure, isUsual, sorted } from './arguments.js'

/** From this severity number on a record is written before the call returns. */
const URGENT = 17

/** What a record needs to know of its logger. */
export interface Origin {
  readonly family: {
    /** The number that the core gave to the name. */
    readonly number: number
    /** Where the forms of a severity begin. */
    root(severity: number, error: boolean, style: Style): Root
  }
  readonly bound: ReadonlyMap<string, Kept> | null
  /** The batch that knows what is bound, and its number there. */
  serial: number
  place: number
}

/**
 * Writes one record. `all` are the arguments of the call when there are more than these; `ready` is what they say, where that is
 * known; `at` its time in microseconds, now unless given. Never throws.
 */
export function record(
  logger: Origin,
  severity: number,
  message: unknown,
  a: unknown,
  b: unknown,
  all: readonly unknown[] | undefined,
  ready?: Call,
  at?: number,
): void {
  let c: Columns | undefined
  let time = 0
  try {
    // Users' code that this runs may record too, so it comes before the columns are taken.
    const isSimple = all === undefined && ready === undefined
    const usual = isSimple && isUsual(message, a, b)
    const failed = !usual && isSimple && isFailure(message, a, b)
    const call = usual || failed ? undefined : (ready ?? sorted(severity, all ?? [message, a, b]))
    c = enter()
    if (c === undefined) return
    c.busy = true
    time = now()
    c.mark()
    if (call === undefined) write(c, logger, severity, message as string, Style.TEMPLATE, '', failed ? a : undefined, (failed ? b : a) as object | undefined, time, time)
    else write(c, logger, severity, call.message, styleOf(call), call.filledFrom ?? '', call.error, call.attributes, time, at ?? time)
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

function styleOf({ isTemplate, filledFrom }: Call): Style {
  return filledFrom !== undefined ? Style.TOLD : isTemplate ? Style.TEMPLATE : Style.LITERAL
}

function write(
  c: Columns,
  logger: Origin,
  severity: number,
  message: string,
  style: Style,
  filledFrom: string,
  error: unknown,
  attributes: object | undefined,
  time: number,
  shown: number,
): void {
  const context = here()
  const contextPlace = context.serial === c.serial ? context.place : place(c, context)
  const boundPlace = logger.bound === null ? 0 : logger.serial === c.serial ? logger.place : placeBound(c, logger, logger.bound)

  const root = logger.family.root(severity, error !== undefined, style)
  let form = style === Style.TEMPLATE ? (root.text === message ? root.form : root.find(message)) : root.bringing
  const at = c.intCount + 1
  c.intCount = at + LogInts.COUNT
  c.nums[c.numCount++] = shown
  if (form.constant === null) putText(c, message)
  if (style === Style.TOLD) putText(c, filledFrom)
  if (attributes !== undefined) form = putFlat(c, form, attributes, time)
  if (error !== undefined) putErrors(c, error)
  const { ints } = c
  ints[at - 1] = form.id < 0 ? form.define() : form.id
  ints[at + LogInts.CONTEXT] = contextPlace
  ints[at + LogInts.BOUND] = boundPlace
  c.logs++
}

/** The number of a bound logger in this batch. */
function placeBound(c: Columns, logger: Origin, bound: ReadonlyMap<string, Kept>): number {
  let base = 0
  for (const portion of portions(bound)) {
    c.roomInts(3)
    c.ints[c.intCount++] = Op.BOUND
    c.ints[c.intCount++] = logger.family.number
    c.ints[c.intCount++] = base
    putKept(c, portion)
    base = ++c.bounds
  }
  logger.place = base
  logger.serial = c.serial
  return logger.place
}
