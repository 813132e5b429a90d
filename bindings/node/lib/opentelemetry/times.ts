// Points in time as the OpenTelemetry API gives and shows them.

import type { HrTime, TimeInput } from '@opentelemetry/api'
import { performance } from 'node:perf_hooks'
import { monotonic } from '../runtime/clock.js'
import type { Time } from '../types.js'

/** A point in time as Vigie takes it. A number that is no more than the reading of the monotonic clock is one of that clock. */
export function timeOf(input: TimeInput): Time {
  return typeof input === 'number' && input <= monotonic() ? input + performance.timeOrigin : input
}

/** Whether an argument is a point in time, and no attributes. */
export function isTime(value: unknown): value is TimeInput {
  if (typeof value === 'number' || value instanceof Date) return true
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'number'
}

/** Microseconds and the nanoseconds beyond them. */
export function hrTime(us: number, ns: number): HrTime {
  const seconds = Math.floor(us / 1e6)
  return [seconds, Math.round((us - seconds * 1e6) * 1000) + ns]
}

/** Nanoseconds. */
export function hrDuration(ns: number): HrTime {
  const seconds = Math.floor(ns / 1e9)
  return [seconds, ns - seconds * 1e9]
}

/** A point in time so many nanoseconds after another one. */
export function later([seconds, ns]: HrTime, byNs: number): HrTime {
  const sum = ns + byNs
  const more = Math.floor(sum / 1e9)
  return [seconds + more, sum - more * 1e9]
}
