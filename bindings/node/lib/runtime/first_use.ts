// The first use of telemetry in this environment, which starts it from the environment variables unless `init` came first.

import { basename } from 'node:path'
import process from 'node:process'
import * as workers from 'node:worker_threads'
import { binding } from '#native'
import { refresh } from './changes.js'
import { state } from './state.js'

const listeners: (() => void)[] = []

/** Runs `listener` after each start: the first use, `init`, and `reconfigure`. */
export function onBegun(listener: () => void): void {
  listeners.push(listener)
}

/** Starts from the environment variables when nothing has started yet. */
export function begin(): void {
  if (state.configured) return
  binding.ensure(program())
  begun()
}

/** The core is up with new settings. */
export function begun(): void {
  state.configured = true
  binding.nameThread(workers.threadId, threadName())
  refresh()
  for (const listener of listeners) listener()
}

/** The name of this thread, as far as Node tells it. */
function threadName(): string {
  if (workers.isMainThread) return 'main'
  return (workers as { readonly threadName?: string }).threadName ?? ''
}

/** The name of the script that Node runs, without its extension. */
export function program(): string {
  return basename(process.argv[1] ?? 'node').replace(/\.[^.]*$/, '') || 'node'
}
