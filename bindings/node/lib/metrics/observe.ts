// Gauges that are asked for their value when metrics are collected.

import { setInterval } from 'node:timers'
import { outside } from '../context/current.js'
import { onBegun } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import type { Gauge } from '../types.js'
import { watch } from '../values/promises.js'

/** The core pushes metrics by itself, on a thread that cannot ask callbacks. So they are asked at this pace. */
const OBSERVE_EVERY_MS = 5000

const observed = new Map<Gauge, () => number | undefined>()
/** Those who ask instruments of their own. */
const others: (() => void)[] = []
let watching = false

/** From now on the value of this gauge is what `callback` returns. */
export function observeWith(gauge: Gauge, callback: () => number | undefined): void {
  observed.set(gauge, callback)
  atAPace()
}

/** From now on `ask`, which never throws, is called where the callbacks of gauges are. */
export function alsoAsk(ask: () => void): void {
  others.push(ask)
  atAPace()
}

/** Whether gauges are being asked. A callback that collects metrics itself finds them as they are. */
let asking = false

/** Asks the gauges. A callback that throws has no value. */
export function observe(): void {
  if (asking) return
  asking = true
  try {
    for (const [gauge, callback] of observed) ask(gauge, callback)
    for (const other of others) other()
  } finally {
    asking = false
  }
}

function ask(gauge: Gauge, callback: () => unknown): void {
  try {
    const value = callback()
    // A promise is no value: the gauge refuses and counts it. Its rejection must not end the process.
    watch(value, nothing, nothing)
    if (value !== undefined) gauge.set(value as number)
  } catch {
    // The next collection asks again.
  }
}

function nothing(): void {}

/** Begins to ask at a pace with the first observed gauge, not before the first use. This keeps no process alive. */
function atAPace(): void {
  if (watching || !state.configured || observed.size + others.length === 0) return
  watching = true
  outside(() => setInterval(observe, OBSERVE_EVERY_MS).unref())
}

onBegun(atAPace)
