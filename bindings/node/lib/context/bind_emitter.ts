// Event emitters whose listeners run where they were added, by choice.

import { EventEmitter } from 'node:events'
import { current } from './current.js'
import { boundBy } from './emitters.js'

/**
 * Has each listener that is added to this emitter from now on run in the context in which it was added, whoever emits: for emitters
 * that many requests share (a pool, a socket, a `Worker`). Without it a listener runs in the context of the code that emits. Returns
 * the emitter. Again it changes nothing. Throws a `TypeError` for what is no `EventEmitter`.
 */
export function bindEmitter<E extends EventEmitter>(emitter: E): E {
  if (!(emitter instanceof EventEmitter)) throw new TypeError('vigie.bindEmitter(emitter) needs an EventEmitter')
  return boundBy(emitter, (listener) => {
    const store = current.getStore()
    return function (this: unknown, ...args: unknown[]): unknown {
      const run = (): unknown => Reflect.apply(listener, this, args)
      return store === undefined ? current.exit(run) : current.run(store, run)
    }
  })
}
