// Open spans that are the local roots of their traces. Each second the core is told of those that have been open for one, so that
// a crash leaves them. Not for how they are noted: the core does that, beside its outputs.

import * as timers from 'node:timers'
import { noteOpen } from '../batch/handover.js'
import { Status } from '../batch/wire.js'
import { now } from '../runtime/clock.js'
import { state } from '../runtime/state.js'
import type { Kept, Pairs } from '../values/kept.js'
import { More } from './more.js'
import type { SpanData } from './span_data.js'
import { all, putSpan } from './write_span.js'

/** Kept from the beginning, because tests of users replace the timers of the process. */
const { setInterval, clearInterval } = timers

const EVERY_MS = 1000
/** So many are kept in mind: what is never ended must not stay for ever. */
const MOST = 1000
const INTERRUPTED = 'vigie.interrupted'

/** A span in the list of open roots, which is in the order of their beginnings. */
interface OpenRoot extends SpanData {
  older: OpenRoot | null
  newer: OpenRoot | null
  /** Nanoseconds since its start. */
  duration(end: undefined): number
}

let oldest: OpenRoot | null = null
let newest: OpenRoot | null = null
let count = 0
/** Runs while there are any. */
let timer: NodeJS.Timeout | undefined
/** Whether the core knows of some. */
let noted = false
/** Those that began until then, in microseconds since 1970, are known to it. */
let notedUntil = -Infinity
/** Whether one of them has ended since. */
let isStale = false

/** It has begun. */
export function begun(span: OpenRoot): void {
  span.older = newest
  if (newest === null) oldest = span
  else newest.newer = span
  newest = span
  if (++count > MOST && oldest !== null) ended(oldest)
  if (timer === undefined) start()
}

/** It has ended, or is not kept in mind any more. */
export function ended(span: OpenRoot): void {
  const { older, newer } = span
  if (older !== null) older.newer = newer
  else if (oldest === span) oldest = newer
  else return
  if (newer !== null) newer.older = older
  else newest = older
  if (span.start <= notedUntil) isStale = true
  span.older = null
  span.newer = null
  count--
}

/** Under `testing` no second passes by itself, and nothing is noted. The timer keeps no process alive. */
function start(): void {
  if (state.settings.testing) return
  timer = setInterval(note, EVERY_MS)
  timer.unref()
}

/** Tells the core which spans have ended that it knows as open: their records are on their way. */
export function noteEnds(): void {
  if (isStale) note()
}

/** Tells the core what is open now. */
export function note(): void {
  // There a look at the clock would move it.
  if (state.settings.testing) return
  const due = now() - EVERY_MS * 1000
  isStale = false
  if (noted || (oldest !== null && oldest.start <= due)) {
    noteOpen((c) => {
      for (let span = oldest; span !== null && span.start <= due; span = span.newer) {
        c.roomInts(0)
        c.roomNums(0)
        putSpan(c, interrupted(span), span.duration(undefined))
      }
      noted = c.spans > 0
      notedUntil = due
    })
  }
  if (oldest === null && !noted) {
    clearInterval(timer)
    timer = undefined
  }
}

/**
 * The span as it shall be found when it never ends. The first attributes of a span stand in fields; the mark is the first of
 * them, so that no limit cuts it off.
 */
function interrupted(span: SpanData): SpanData {
  const [k0, v0 = null, k1, v1 = null, k2, v2 = null, k3, v3 = null, ...rest] = [INTERRUPTED, true, ...all(span)]
  const names = { k0: k0 as string, k1: k1 as string | undefined, k2: k2 as string | undefined, k3: k3 as string | undefined }
  return { ...span, ...names, v0, v1, v2, v3, more: moreOf(rest), status: Status.ERROR }
}

function moreOf(pairs: Pairs): More | null {
  if (pairs.length === 0) return null
  const more = new More()
  for (let i = 0; i < pairs.length; i += 2) more.add(pairs[i] as string, pairs[i + 1] as Kept)
  return more
}
