// How the start and the end of a run stand in columns, as src/runs.rs reads them.

import { Columns } from '../batch/columns.js'
import { kindNumber } from '../batch/span_kinds.js'
import { putText } from '../batch/value_tags.js'
import { Flag, Run, RunState } from '../batch/wire.js'
import { type ContextImpl, contextOf, NOTHING_CARRIED } from '../context/context.js'
import type { RunEndOptions, RunOptions, RunStateName } from '../types.js'
import { Walk } from '../values/budget.js'
import { keep, portions, putKept } from '../values/kept.js'
import { readThrown } from '../values/read_error.js'

/** Where options stand for the length of a call: made when it is first needed, since most programs have no runs. */
let own: Columns | null = null

/** Has `write` fill columns and `send` hand them over. User code that `write` runs may start a run meanwhile: it gets others. */
export function through<T>(write: (c: Columns) => void, send: (c: Columns) => T): T {
  own ??= new Columns(0)
  const c = own.busy ? new Columns(0) : own
  c.busy = true
  try {
    c.roomInts(0)
    write(c)
    return send(c)
  } finally {
    c.reset(0)
    c.busy = false
  }
}

/** Where a run may stand. */
export interface Where {
  readonly context: ContextImpl | undefined
  readonly nearer: ContextImpl | undefined
}

/** Writes how a run starts. */
export function putStart(c: Columns, name: string, options: RunOptions, where: Where): void {
  const { context, nearer } = where
  const hidden = options.hidden === true ? Run.HIDDEN : 0
  const keeps = typeof options.keep === 'string' ? Run.KEEPS : 0
  c.ints[c.intCount++] = hidden | keeps | (context === undefined ? 0 : Run.CONTEXT) | (nearer === undefined ? 0 : Run.NEARER)
  c.ints[c.intCount++] = kindNumber(options.kind)
  putText(c, name)
  if (context !== undefined) putContext(c, context)
  if (nearer !== undefined) putContext(c, nearer)
  putLinks(c, options.links)
  putTexts(c, options.inherited)
  putTexts(c, options.logged)
  putKept(c, options.attributes === undefined ? null : keep(null, options.attributes))
}

/** Writes identifiers with their flags. */
function putIds(c: Columns, context: ContextImpl, more: number): void {
  const { ints } = c
  let at = c.intCount
  ints[at++] = context.t0
  ints[at++] = context.t1
  ints[at++] = context.t2
  ints[at++] = context.t3
  ints[at++] = context.s0
  ints[at++] = context.s1
  ints[at++] = context.flags | more
  c.intCount = at
}

function putContext(c: Columns, context: ContextImpl): void {
  putIds(c, context, 0)
  const { attributes, traceState, baggage } = context.carried === null ? NOTHING_CARRIED : context.carried.cleaned()
  putText(c, traceState)
  putText(c, baggage)
  const parts = attributes === null || attributes.size === 0 ? [] : portions(attributes)
  c.ints[c.intCount++] = parts.length
  for (const portion of parts) putKept(c, portion)
}

function putLinks(c: Columns, links: RunOptions['links']): void {
  const found: ContextImpl[] = []
  if (Array.isArray(links)) {
    for (const link of links) {
      const context = contextOf(link)
      if (context?.hasSpan === true) found.push(context)
    }
  }
  c.roomInts(1 + 7 * found.length)
  c.ints[c.intCount++] = found.length
  for (const context of found) putIds(c, context, context.isRemote ? Flag.REMOTE : 0)
}

/** Texts by their keys; what is no text is left out. */
function putTexts(c: Columns, texts: { readonly [key: string]: string } | undefined): void {
  const pairs = typeof texts === 'object' && texts !== null ? Object.entries(texts).filter(([, text]) => typeof text === 'string') : []
  c.roomInts(1 + 2 * pairs.length)
  c.ints[c.intCount++] = pairs.length
  for (const [key, text] of pairs) {
    putText(c, key)
    putText(c, text)
  }
}

const STATES: ReadonlyMap<RunStateName, RunState> = new Map([
  ['ok', RunState.OK],
  ['error', RunState.ERROR],
  ['cancelled', RunState.CANCELLED],
  ['abandoned', RunState.ABANDONED],
  ['interrupted', RunState.INTERRUPTED],
])
const NAMES: readonly RunStateName[] = [...STATES.keys()]

/** The name of a state's number. */
export function stateName(number: number): RunStateName {
  return NAMES[number] ?? 'ok'
}

/** Writes how a run ends. */
export function putEnd(c: Columns, options: RunEndOptions): void {
  const state = STATES.get(options.state ?? 'ok') ?? RunState.OK
  c.ints[c.intCount++] = state
  const failed = state === RunState.ERROR && options.error !== undefined
  c.ints[c.intCount++] = failed ? 1 : 0
  if (failed) {
    const { type, message, stack } = readThrown(options.error, new Walk())
    putText(c, type)
    putText(c, message)
    putText(c, stack)
  }
  putText(c, typeof options.firstChunkKey === 'string' ? options.firstChunkKey : '')
  putKept(c, options.attributes === undefined ? null : keep(null, options.attributes))
}
