// The life of telemetry in this environment: first use, `init`, changes, flush, shutdown, and the hooks of the process.
// Not for what the settings mean: the core decides that.

import process from 'node:process'
import { binding } from '#native'
import { handOver, handOverAll } from './batches.js'
import { push, watch } from './collect.js'
import { emptyContext } from './context.js'
import { ConfigError, setUp } from './errors.js'
import { getLogger, program } from './logger.js'
import { onTop } from './propagation.js'
import type { Rendered } from './headers.js'
import { readSettings } from './settings.js'
import { state } from './state.js'
import type { Config } from './types.js'

const DEFAULT_MS = 5000

/** The first use without `init`: what the environment says. */
export function begin(): void {
  if (state.configured) return
  binding.ensure(program())
  begun()
}

/**
 * Starts with these settings over those of the environment. Again with the same ones: nothing. With others: an error that
 * names them; see `reconfigure`. After `shutdown`: a new start. Throws a `ConfigError` that lists every problem.
 */
export function init(config?: Config): void {
  if (state.configured) settleAll()
  setUp(() => binding.init(config === undefined ? null : document(config), program()))
  begun()
}

/** Changes the settings on purpose. What was recorded before goes out under the old ones. Throws a `ConfigError`. */
export function reconfigure(config: Config): void {
  if (state.configured) settleAll()
  setUp(() => binding.reconfigure(document(config), program()))
  begun()
}

function settleAll(): void {
  push()
  binding.flushSync(DEFAULT_MS)
}

function document(config: Config): string {
  try {
    return JSON.stringify(config)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'no JSON'
    throw new ConfigError(`the configuration is no JSON document: ${why}`, [])
  }
}

function begun(): void {
  state.configured = true
  refresh()
  state.initial = onTop(emptyContext(), JSON.parse(binding.inherited()) as Rendered)
  hook()
  watch()
}

/** Reads the settings again: here or on another thread they have changed. */
export function refresh(): void {
  state.epoch = binding.epoch()
  state.settings = readSettings()
  state.tieAt = -1
  const slack = Math.max(512, 64 + 4 * state.settings.limits.attributes)
  state.columns.slack = slack
  state.spare.slack = slack
  for (const c of [state.columns, state.spare]) {
    c.roomInts(0)
    c.roomNums(0)
  }
  for (const family of state.families.values()) family.apply()
}

/** Waits until everything recorded so far is out, at most `ms` milliseconds; also writes the metric lines. False: something is not out. */
export function flush(ms: number = DEFAULT_MS): Promise<boolean> {
  if (!state.configured) return Promise.resolve(true)
  push()
  return binding.flush(ms)
}

/** The same, blocking: for handlers that cannot wait. */
export function flushSync(ms: number = DEFAULT_MS): boolean {
  if (!state.configured) return true
  push()
  return binding.flushSync(ms)
}

/** Flushes and closes the outputs, all within `ms` milliseconds. What is recorded later is counted as dropped; `init` opens anew. */
export function shutdown(ms: number = DEFAULT_MS): Promise<boolean> {
  if (!state.configured) return Promise.resolve(true)
  push()
  return binding.shutdown(ms)
}

function hook(): void {
  if (state.hooked) return
  state.hooked = true
  process.on('beforeExit', handOverAll)
  process.on('exit', leave)
  process.on('uncaughtExceptionMonitor', uncaught)
}

function leave(): void {
  state.exiting = true
  if (state.columns.busy) {
    // `process.exit` in user code that a record called: the half record is given up, the ones before it are not.
    state.columns.busy = false
    handOver(state.columns, true)
  }
  // The core itself waits for its outputs among the exit handlers of the process, at most two seconds.
  push()
}

/** One FATAL record; what Node does about the error stays as it is. */
function uncaught(error: Error, origin: string): void {
  const message = origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception'
  getLogger('vigie').fatal(message, error)
}
