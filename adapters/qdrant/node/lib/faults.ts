// Failures of the adapter itself: counted, never shown to the program. Not for errors of Qdrant or its client.
import * as instruments from './instruments.js'

const counts = new Map<string, number>()

/** Counts a failure of the adapter at this place. */
export function fault(where: string): void {
  counts.set(where, (counts.get(where) ?? 0) + 1)
  try {
    instruments.faults(where)
  } catch {
    // What counts failures must not fail itself: the number above stays.
  }
}

/** Runs `body`; what it throws is counted, and undefined returned. */
export function guarded<T>(where: string, body: () => T): T | undefined {
  try {
    return body()
  } catch {
    fault(where)
    return undefined
  }
}

/** How often the adapter itself failed, by place. Such a failure costs a record, never a call. */
export function faults(): { readonly [where: string]: number } {
  return Object.fromEntries(counts)
}
