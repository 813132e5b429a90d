// Event emitters whose listeners run in one context, whoever emits.

import type { EventEmitter } from 'node:events'

type Listener = (...args: unknown[]) => unknown
type Add = (event: string | symbol, listener: Listener) => unknown

/** Those that are bound already: the first context stays, as the official context manager has it. */
const known = new WeakSet<EventEmitter>()

/** Has the listeners that are added from now on run as `bound` says. Returns the emitter. */
export function bindEmitter<E extends EventEmitter>(emitter: E, bound: (listener: Listener) => Listener): E {
  if (known.has(emitter)) return emitter
  known.add(emitter)
  const own = emitter as unknown as { [method: string]: Add | undefined }
  for (const method of ['on', 'addListener', 'prependListener']) {
    const add = own[method]
    if (add === undefined) continue
    own[method] = (event, listener) => add.call(emitter, event, named(bound(listener), listener))
    const once = method === 'prependListener' ? 'prependOnceListener' : 'once'
    if (method !== 'addListener') own[once] = (event, listener) => add.call(emitter, event, first(emitter, event, bound(listener), listener))
  }
  return emitter
}

/** Node finds a listener to remove by this name, and shows it in the place of the wrapper. */
function named(wrapper: Listener, listener: Listener): Listener {
  return Object.assign(wrapper, { listener })
}

/** A listener that removes itself before it runs. */
function first(emitter: EventEmitter, event: string | symbol, run: Listener, listener: Listener): Listener {
  const once = named((...args) => {
    emitter.removeListener(event, once)
    return run.apply(emitter, args)
  }, listener)
  return once
}
