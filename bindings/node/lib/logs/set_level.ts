// Levels that change while the program runs: `setLevel`, and following what other threads and what stands outside have changed.
// Not for what a level does: see logger.ts.

import process from 'node:process'
import * as timers from 'node:timers'
import { isMainThread } from 'node:worker_threads'
import { binding } from '#native'
import { follow, onChange, refresh } from '../runtime/changes.js'
import { ConfigError } from '../runtime/config_error.js'
import { begin, onBegun } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import type { Level } from '../types.js'
import { severityIfLevel } from './logger.js'

const LEVELS = 'trace, debug, info, warn, error, fatal (any case, with aliases such as warning), a number of pino, or null'

/**
 * Sets the least severity that is recorded: of the logger of this name and those below it, or of all loggers without one. Among
 * several the longest name holds. It stands over the configuration until `init` or `reconfigure`; null takes it back. Throws a
 * `ConfigError` for what is no level.
 */
export function setLevel(level: Level | (string & {}) | number | null, logger?: string): void {
  const severity = level === null ? 0 : severityIfLevel(level)
  if (level !== null && severity === 0) {
    const value = typeof level === 'string' ? JSON.stringify(level) : String(level)
    throw new ConfigError(`level: ${value}; accepted: ${LEVELS}`, [{ key: 'level', value, accepted: LEVELS }])
  }
  if (!state.configured) begin()
  binding.setLevel(typeof logger === 'string' && logger !== '' ? logger : null, severity)
  refresh()
}

/** Kept from the beginning, because tests of users replace the timers of the process. */
const { clearInterval, setInterval } = timers

const EVERY_MS = 500

/** Whether another thread may change levels, too. */
let hasOthers = !isMainThread
let timer: NodeJS.Timeout | undefined

/** Looks from time to time whether levels have changed, where they may. This keeps no process alive. */
function watch(): void {
  const isWanted = state.settings.watchesLevels || hasOthers
  if (isWanted && timer === undefined) {
    timer = setInterval(() => follow(binding.epoch()), EVERY_MS).unref()
  } else if (!isWanted && timer !== undefined) {
    clearInterval(timer)
    timer = undefined
  }
}

/** Whether it is known already when a thread begins. */
let listens = false

onChange(watch)
onBegun(() => {
  if (listens) return
  listens = true
  process.on('worker', () => {
    hasOthers = true
    watch()
  })
})
