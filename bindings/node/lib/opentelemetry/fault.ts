// A fault of what users plugged in, or said wrongly, stays here, and is told once of each kind.

import * as timers from 'node:timers'
import { getLogger } from '../logs/logger.js'

/** Kept from the beginning, because tests of users replace the timers of the process. */
const { setTimeout, clearTimeout } = timers

const told = new Set<string>()

/** Tells of the first fault of each kind. */
export function fault(whose: string, error: unknown): void {
  if (told.has(whose)) return
  told.add(whose)
  getLogger('vigie.otel').warn('a {whose} failed; more of that is not told', error as Error, { whose })
}

/** Runs what may fail. Undefined when it throws. */
export function quiet<T>(whose: string, run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    fault(whose, error)
    return undefined
  }
}

/** As long as the official providers wait for what users plugged in. */
const WAIT_MS = 30_000

/** The same for what may fail later, or never come to an end. */
export async function quietLater(whose: string, run: () => Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${WAIT_MS} ms`)), WAIT_MS)
  })
  try {
    await Promise.race([run(), late])
  } catch (error) {
    fault(whose, error)
  } finally {
    clearTimeout(timer)
  }
}
