// Gauges that are asked for their value when metrics are collected.

import { setInterval } from 'node:timers'
import { outside } from '../context/current.js'
import { onBegun } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import type { Gauge } from '../types.js'

/** The core pushes metrics by itself, on a thread that cannot ask callbacks. So they are asked at this pace. */
const OBSERVE_EVERY_MS = 5000

const observed = new Map<Gauge, () => number | undefined>()
let watching = false

/** From now on the value of this gauge is what `callback` returns. */
export function observeWith(gauge: Gauge, callback: () => number | undefined): void {
  observed.set(gauge, callback)
  watch()
}

/** Asks the gauges. A callback that throws has no value. */
export function observe(): void {
  for (const [gauge, callback] of observed) {
    try {
      const value = callback()
      if (value !== undefined) gauge.set(value)
    } catch {
      // The next collection asks again.
    }
  }
}

/** Begins to ask at a pace with the first observed gauge, not before the first use. This keeps no process alive. */
function watch(): void {
  if (watching || !state.configured || observed.size === 0) return
  watching = true
  outside(() => setInterval(observe, OBSERVE_EVERY_MS).unref())
}

onBegun(watch)
