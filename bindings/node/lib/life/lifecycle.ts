// The life of telemetry in this environment: `init`, changes, flush, shutdown, and the hooks of the process.
// Not for starting without `init`: see runtime/first_use.ts.

import process from 'node:process'
import { binding } from '#native'
import { handOverAll, leave } from '../batch/handover.js'
import { getLogger } from '../logs/logger.js'
import { observe } from '../metrics/observe.js'
import { sending } from '../metrics/sending.js'
import { ConfigError, setUp } from '../runtime/config_error.js'
import { begun, onBegun, program } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import { note, noteEnds } from '../spans/open_roots.js'
import type { Config } from '../types.js'

const DEFAULT_MS = 5000
/** As long as the core waits. */
const AT_EXIT_MS = 2000

/**
 * Starts with these settings over those of the environment. Again with the same ones: nothing. With others: an error that
 * names them; see `reconfigure`. After `shutdown`: a new start. Throws a `ConfigError` that lists every problem.
 */
export function init(config?: Config): void {
  if (state.configured) settleAll()
  setUp(() => binding.init(config === undefined ? null : document(config), program()))
  started()
}

/** Changes the settings on purpose. What was recorded before goes out under the old ones. Throws a `ConfigError`. */
export function reconfigure(config: Config): void {
  if (state.configured) settleAll()
  setUp(() => binding.reconfigure(document(config), program()))
  started()
}

/** Whether `shutdown` was the last word. The books of a new start are new, this side's part of them too. */
let ended = false

function started(): void {
  if (ended) state.lost = 0
  ended = false
  begun()
}

function settleAll(): void {
  push()
  binding.flushSync(DEFAULT_MS)
}

function document(config: Config): string {
  try {
    // What is no JSON at all, a function or nothing, is for the core to refuse.
    return JSON.stringify(config) ?? 'null'
  } catch (error) {
    const why = error instanceof Error ? error.message : 'no JSON'
    throw new ConfigError(`the configuration is no JSON document: ${why}`, [])
  }
}

/** Brings everything that waits on this side over to the core. */
function push(): void {
  observe()
  sending.flush()
  noteEnds()
  handOverAll()
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
  // What is open now will never end.
  note()
  ended = true
  return binding.shutdown(ms)
}

/** Whether the hooks of the process are in place. */
let hooked = false

onBegun(() => {
  if (hooked) return
  hooked = true
  process.on('beforeExit', handOverAll)
  process.on('exit', exit)
  process.on('uncaughtExceptionMonitor', uncaught)
})

function exit(): void {
  leave()
  push()
  note()
  // The core itself waits for its outputs among the exit handlers of the process. Bun does not call them, and those of node.exe,
  // whose C runtime is its own, no library can add to.
  if ('bun' in process.versions || process.platform === 'win32') binding.flushSync(AT_EXIT_MS)
}

/** Writes one FATAL record. What Node does about the error stays as it is. */
function uncaught(error: Error, origin: string): void {
  const message = origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception'
  // Anything may be thrown, and with attributes behind it it counts as that.
  getLogger('vigie').fatal(message, error, {})
}
