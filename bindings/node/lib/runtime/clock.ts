// Time in microseconds since the epoch. It comes from the monotonic clock, which is compared with the wall clock once a second.
// Not for points in time that users hand in: see instant.ts.

import { performance } from 'node:perf_hooks'
import { binding } from '#native'
import { onChange } from './changes.js'
import { state } from './state.js'

const TIE_EVERY_MS = 1000

/** Kept from the beginning, because tests of users replace the clocks of the process. */
const read = performance.now.bind(performance)

/** Wall clock minus monotonic clock, in microseconds. */
let wallOffset = 0
/** The reading of the monotonic clock at which the two are compared again. */
let tieAt = -1

onChange(() => {
  tieAt = -1
})

/** One reading in whole microseconds. Under `testing` it is a reading of the core's clock, which moves by a step. */
export function now(): number {
  const ms = read()
  return ms < tieAt ? Math.floor(wallOffset + ms * 1000) : tie()
}

/** The wall clock at a reading of `monotonic()`. */
export function wallAt(ms: number): number {
  return ms < tieAt ? Math.floor(wallOffset + ms * 1000) : tie()
}

function tie(): number {
  const wall = Math.floor(binding.clock())
  if (!state.settings.testing) {
    const ms = read()
    wallOffset = wall - ms * 1000
    tieAt = ms + TIE_EVERY_MS
  }
  return wall
}

/** The monotonic clock in milliseconds. */
export function monotonic(): number {
  return read()
}

/** Milliseconds since a reading of `now()`. Under `testing` no time goes by. */
export function msSince(us: number): number {
  return state.settings.testing ? 0 : read() - (us - wallOffset) / 1000
}
