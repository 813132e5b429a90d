// Points in time that users hand in, as whole microseconds and the nanoseconds beyond them.
// Not for reading a clock: see clock.ts.

import type { Time } from '../types.js'

/** A point in time without loss: a double can hold microseconds exactly, but not nanoseconds. */
export interface Instant {
  readonly us: number
  /** 0 to 999. */
  readonly ns: number
}

/** Reads a point in time. The answer is undefined for anything else. */
export function instant(time: Time | undefined): Instant | undefined {
  if (time === undefined) return undefined
  const found = typeof time === 'bigint' ? fromNanoseconds(time) : Array.isArray(time) ? fromPair(time) : fromMs(time)
  return Number.isFinite(found.us) && Math.abs(found.us) < 9.2e15 ? found : undefined
}

function fromNanoseconds(time: bigint): Instant {
  const ns = BigInt.asIntN(64, time)
  const rest = ((ns % 1000n) + 1000n) % 1000n
  return { us: Number((ns - rest) / 1000n), ns: Number(rest) }
}

function fromPair(time: readonly unknown[]): Instant {
  const seconds = Number(time[0])
  const ns = Number(time[1])
  const us = Math.floor(ns / 1000)
  return { us: seconds * 1e6 + us, ns: Math.floor(ns - us * 1000) }
}

function fromMs(time: unknown): Instant {
  const ms = time instanceof Date ? time.getTime() : typeof time === 'number' ? time : Number.NaN
  return { us: Math.floor(ms * 1000), ns: 0 }
}

/** Nanoseconds from one point to another, never negative. */
export function between(start: Instant, end: Instant): number {
  return Math.max(0, (end.us - start.us) * 1000 + end.ns - start.ns)
}
