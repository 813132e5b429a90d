// What stands in for a collector, and a closed loop in front of it: only so many records are on their way at any
// time, so that no library has to drop any.
import { setTimeout } from 'node:timers/promises'

export const receiver = process.env.VIGIE_BENCH_RECEIVER

/** Records that the receiver has counted. */
export const received = async () => Number(await (await fetch(receiver)).text())

/** How many records may be on their way, and how many are made before it is looked how many came out. */
const IN_FLIGHT = 8_192
const PORTION = 2_048
/** How long to wait between two looks: each costs as much as some records. */
const NAP_MS = 3

/** Makes records in portions; `make` makes so many and `out` says how many came out so far. */
export const inPortions = (make, out) => async (count) => {
  const before = out()
  for (let made = 0; made < count; ) {
    const portion = Math.min(PORTION, count - made)
    make(portion)
    made += portion
    // Both sides need the event loop to come round, ours for its batches, the peers for all that they send.
    await setTimeout(0)
    while (made + PORTION > out() - before + IN_FLIGHT) await setTimeout(NAP_MS)
  }
}
