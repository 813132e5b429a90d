// Which context of the OpenTelemetry API is current: the same as Vigie's, whichever face made it so.

import type * as otel from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'
import { EventEmitter } from 'node:events'
import type { ContextImpl } from '../context/context.js'
import { current, followedNow, here, toEnter } from '../context/current.js'
import { begin } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import { boundBy } from '../context/emitters.js'
import { Mapping, nativeOf } from './mapping.js'
import { api } from './packages.js'

/** Whether Vigie keeps the API's context: until then, and after `disable`, whoever else does is asked. */
let isKeeper = false

/** A context that the API has made current here, and nothing since. It stands after the end of its span, too. */
function entered(): ContextImpl | undefined {
  const store = current.getStore()
  if (store === undefined || store.mapping === null) return undefined
  if (store.mapping instanceof Mapping && store.mapping.isViewOf(store)) return undefined
  return followedNow() === null || here() === store ? store : undefined
}

/** Vigie's context for what starts here. */
export function standing(): ContextImpl {
  if (!state.configured) begin()
  return isKeeper ? (entered() ?? here()) : (nativeOf(api().context.active()) ?? here())
}

/** Runs `fn` in a context of the API, whoever keeps it. */
export function enter<A, T>(context: Context, fn: (arg: A) => T, arg: A): T {
  if (!isKeeper) return api().context.with(context, fn as (arg: A) => T, undefined, arg)
  return current.run(toEnter(nativeOf(context) ?? here()), fn, arg)
}

/** The context manager of the OpenTelemetry API (OpenTelemetry specification, "Context") over Vigie's context. */
export class ContextManager implements otel.ContextManager {
  active(): Context {
    const found = entered() ?? here()
    if (found.mapping !== null) return found.mapping as Context
    if (!found.hasSpan && found.carried === null) return api().ROOT_CONTEXT
    const made = Mapping.view(found)
    found.mapping = made
    return made
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const run = thisArg === undefined || thisArg === null ? fn : (fn.bind(thisArg) as F)
    return current.run(toEnter(nativeOf(context) ?? here()), run, ...args)
  }

  bind<T>(context: Context, target: T): T {
    if (target instanceof EventEmitter) return boundBy(target, (listener) => this.bound(context, listener))
    if (typeof target !== 'function') return target
    const made = this.bound(context, target as unknown as Callable)
    return Object.defineProperty(made, 'length', { value: target.length, configurable: true }) as unknown as T
  }

  private bound(context: Context, target: Callable): Callable {
    const manager = this
    return function (this: unknown, ...args: unknown[]): unknown {
      return manager.with(context, target, this, ...args)
    }
  }

  enable(): this {
    isKeeper = true
    return this
  }

  /** Vigie's own context goes on. */
  disable(): this {
    isKeeper = false
    return this
  }
}

type Callable = (...args: unknown[]) => unknown
