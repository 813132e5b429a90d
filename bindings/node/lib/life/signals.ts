// The setting `signals`: what is queued is written before a signal ends the process.
// Not for other ends of a process: see lifecycle.ts.

import process from 'node:process'
import { onChange } from '../runtime/changes.js'
import { state } from '../runtime/state.js'
import { flushSync } from './lifecycle.js'

/** The signals that end a process politely. Ctrl-C is SIGINT. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP']
/** A supervisor waits a few seconds at most before it kills. */
const WAIT_MS = 2000

let listening = false

onChange(() => {
  if (listening === state.settings.signals) return
  listening = state.settings.signals
  for (const signal of SIGNALS) {
    if (listening) process.on(signal, ended)
    else process.off(signal, ended)
  }
})

/** Writes what is queued. Where nobody else listens to the signal, it is raised again and does what it does by default. */
function ended(signal: NodeJS.Signals): void {
  flushSync(WAIT_MS)
  if (process.listenerCount(signal) > 1) return
  process.off(signal, ended)
  process.kill(process.pid, signal)
}
