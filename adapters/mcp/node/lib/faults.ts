// Keeps failures of the adapter from the program that uses it: they are counted, the first of each kind is logged.
// Not for failures of the program: those are its own, and reach it as they would without us.

import * as vigie from 'vigie'
import * as names from './names.js'

const told = new Set<string>()

/** What `fn` returns, or `otherwise` when it throws. */
export function quiet<T, O>(entry: string, otherwise: O, fn: () => T): T | O {
  try {
    return fn()
  } catch (error) {
    fault(entry, error)
    return otherwise
  }
}

/** Counts a failure of ours, and says it once for each place that it happens in. */
export function fault(entry: string, error: unknown): void {
  // Even this must not fail: the instrument may be refused where the name is another kind's already.
  try {
    const { name, unit, description } = names.FAULTS
    vigie.counter(name, { unit, description }).add(1, { [names.ENTRY]: entry })
    if (told.has(entry)) return
    told.add(entry)
    const text = 'the MCP adapter failed and goes on without what it could not record'
    vigie.getLogger(names.LOGGER).warn(text, error instanceof Error ? error : new Error(String(error)), { [names.ENTRY]: entry })
  } catch {
    // There is nowhere left to say it.
  }
}
