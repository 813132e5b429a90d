// Time in microseconds since the epoch, from the monotonic clock, tied to the wall clock once a second.
// Not for time that users hand in: see lib/times.ts.

import { performance } from 'node:perf_hooks'
import { binding } from '#native'
import { state } from './state.js'

const TIE_EVERY_MS = 1000

/** Kept from the beginning: tests of users replace the clocks of the process. */
const read = performance.now.bind(performance)

/** One reading in whole microseconds. Under `testing` it is a reading of the core's clock, which moves by a step. */
export function now(): number {
  const ms = read()
  return ms < state.tieAt ? Math.floor(state.wallOffset + ms * 1000) : tie()
}

/** The wall clock at a reading of `monotonic()`. */
export function wallAt(ms: number): number {
  return ms < state.tieAt ? Math.floor(state.wallOffset + ms * 1000) : tie()
}

function tie(): number {
  const wall = Math.floor(binding.clock())
  if (!state.settings.testing) {
    const ms = read()
    state.wallOffset = wall - ms * 1000
    state.tieAt = ms + TIE_EVERY_MS
  }
  return wall
}

/** The monotonic clock in milliseconds. */
export function monotonic(): number {
  return read()
}
