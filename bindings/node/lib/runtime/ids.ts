// New identifiers of traces and spans, as 32-bit numbers, from a generator that the core seeds. It is not fit for secrets.

import { binding } from '#native'
import { state } from './state.js'

/** The state of the generator, which is sfc32 (128 bits, passes PractRand). */
let a = 0
let b = 0
let c = 0
let counter = 1
let seeded = false

/** Where `draw` leaves its identifiers: four numbers of the trace, two of the span. */
export const drawn = new Int32Array(6)

function seed(): void {
  // The core's identifiers come from the system's randomness. Loading Node's crypto would take longer than loading all of this package.
  binding.ids(drawn, true)
  a = drawn[0] as number
  b = drawn[1] as number
  c = drawn[2] as number
  counter = 1
  seeded = true
  for (let i = 0; i < 12; i++) next()
}

/** 32 random bits. */
function next(): number {
  const sum = (((a + b) | 0) + counter) | 0
  counter = (counter + 1) | 0
  a = b ^ (b >>> 9)
  b = (c + (c << 3)) | 0
  c = (((c << 21) | (c >>> 11)) + sum) | 0
  return sum
}

/** Draws a span id, and with `root` a trace id before it, into `drawn`. Neither is ever all zero. Under `testing` they are the core's. */
export function draw(root: boolean): void {
  if (state.settings.testing) {
    binding.ids(drawn, root)
    return
  }
  if (!seeded) seed()
  if (root) {
    drawn[0] = next()
    drawn[1] = next()
    drawn[2] = next()
    drawn[3] = next() || 1
  }
  drawn[4] = next()
  drawn[5] = next() || 1
}
