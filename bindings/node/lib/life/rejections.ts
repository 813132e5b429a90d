// Rejections that a listener of the program takes: they end nothing, so that no other monitor hears of them.
// Not for those that end the program: see lifecycle.ts.

import process from 'node:process'
import { getLogger } from '../logs/logger.js'
import { onBegun } from '../runtime/first_use.js'

/** Whether the hooks of the process are in place. */
let hooked = false

onBegun(() => {
  if (hooked) return
  hooked = true
  process.on('newListener', added)
  process.on('removeListener', removed)
  if (process.listenerCount('unhandledRejection') > 0) process.prependListener('unhandledRejection', unhandled)
})

/**
 * A listener changes what becomes of a rejection: the program goes on. So Vigie listens as long as somebody else does, and is asked
 * first, because the program's listener may end it.
 */
function added(event: string | symbol, listener: unknown): void {
  if (event === 'unhandledRejection' && listener !== unhandled && !process.listeners('unhandledRejection').includes(unhandled)) {
    process.prependListener('unhandledRejection', unhandled)
  }
}

function removed(event: string | symbol, listener: unknown): void {
  if (event !== 'unhandledRejection' || listener === unhandled) return
  if (process.listeners('unhandledRejection').every((one) => one === unhandled)) process.off('unhandledRejection', unhandled)
}

function unhandled(reason: unknown): void {
  getLogger('vigie').error('unhandled rejection', reason as Error, {})
}
