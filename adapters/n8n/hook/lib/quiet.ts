// Keeps failures of the hook from n8n: they are counted, and the first of each place is logged.
// Not for failures of workflows: those reach n8n as they would without us.

import * as vigie from 'vigie'
import { LOGGER } from './names.js'

const counts = new Map<string, number>()

/** What `body` returns, or undefined when it throws. */
export function quiet<T>(place: string, body: () => T): T | undefined {
  try {
    return body()
  } catch (error) {
    fault(place, error)
    return undefined
  }
}

/** Counts a failure of the hook itself, and says the first of each place. */
export function fault(place: string, error: unknown): void {
  const before = counts.get(place) ?? 0
  counts.set(place, before + 1)
  try {
    if (before === 0) vigie.getLogger(LOGGER).warn('the hook failed and goes on without what it could not record', error instanceof Error ? error : new Error(String(error)), { place })
  } catch {
    // There is nowhere left to say it; the number above stays.
  }
}

/** How often the hook itself failed. */
export function faults(): number {
  let sum = 0
  for (const count of counts.values()) sum += count
  return sum
}

/** Runs what is n8n's own in a context; if the context cannot be entered, without it. What `body` throws is n8n's, and goes on. */
export function within<T>(place: string, context: vigie.Context | undefined, body: () => T): T {
  if (context === undefined) return body()
  let isEntered = false
  try {
    return vigie.withContext(context, () => {
      isEntered = true
      return body()
    })
  } catch (error) {
    if (isEntered) throw error
    fault(place, error)
    return body()
  }
}
