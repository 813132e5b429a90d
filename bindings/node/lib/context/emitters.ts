// Event emitters whose listeners run in one context, whoever emits.

import type { EventEmitter } from 'node:events'

type Listener = (...args: unknown[]) => unknown
type Add = (event: string | symbol, listener: Listener) => unknown
type Methods = { [method: string]: Add | undefined }

/** How a listener is made to run in the context, and the emitter's methods as they were. */
interface Binding {
  readonly bound: (listener: Listener) => Listener
  readonly on: Add
  readonly prependListener: Add
}

/** Where an emitter keeps that: most are made for one request, so that a property takes less time than a map of all of them. */
const BINDING = Symbol('vigie.bound')

type Bound = EventEmitter & { [BINDING]?: Binding }

/** The methods of all that are bound. They differ by what stands in the emitter alone. */
const METHODS: { readonly [method: string]: (this: Bound, event: string | symbol, listener: Listener) => unknown } = {
  on: added,
  addListener: added,
  once(event, listener) {
    const { on, bound } = this[BINDING] as Binding
    return on.call(this, event, first(this, event, bound(listener), listener))
  },
  prependListener(event, listener) {
    const { prependListener, bound } = this[BINDING] as Binding
    return prependListener.call(this, event, named(bound(listener), listener))
  },
  prependOnceListener(event, listener) {
    const { prependListener, bound } = this[BINDING] as Binding
    return prependListener.call(this, event, first(this, event, bound(listener), listener))
  },
}

function added(this: Bound, event: string | symbol, listener: Listener): unknown {
  const { on, bound } = this[BINDING] as Binding
  return on.call(this, event, named(bound(listener), listener))
}

/**
 * Has the listeners that are added from now on run as `bound` says. One that is bound already stays so, as the official context
 * manager has it. Returns the emitter.
 */
export function boundBy<E extends EventEmitter>(emitter: E, bound: (listener: Listener) => Listener): E {
  const own = emitter as E & Bound & Methods
  if (own[BINDING] !== undefined) return emitter
  const { on, prependListener } = own as { on: Add; prependListener: Add }
  Object.defineProperty(own, BINDING, { value: { bound, on, prependListener } })
  Object.assign(own, METHODS)
  return emitter
}

/** Node finds a listener to remove by this name, and shows it in the place of the wrapper. */
function named(wrapper: Listener & { listener?: Listener }, listener: Listener): Listener {
  wrapper.listener = listener
  return wrapper
}

/** A listener that removes itself before it runs. */
function first(emitter: EventEmitter, event: string | symbol, run: Listener, listener: Listener): Listener {
  const once = named((...args) => {
    emitter.removeListener(event, once)
    return run.apply(emitter, args)
  }, listener)
  return once
}
