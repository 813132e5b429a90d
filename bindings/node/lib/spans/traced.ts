// `traced`: a function, or a method by a decorator, that runs inside of a span each time it is called.
// Not for when that span ends where the result is not all there is: see lasting.ts.

import { types } from 'node:util'
import { current, toEnter } from '../context/current.js'
import { needed } from '../runtime/calls.js'
import type { SpanOptions } from '../types.js'
import { stepped } from './generators.js'
import { calledBack, failing, lasting } from './lasting.js'
import { startSpanOf } from './tracer.js'

/** How the span of a traced function starts, and when it ends. */
export interface TracedOptions extends SpanOptions {
  /**
   * The last argument is a callback in the manner of Node: the span ends when it is called, with the error that it is given first.
   * It runs in the context of the caller. Default: false.
   */
  readonly callback?: boolean
}

type Method = (this: unknown, ...args: never[]) => unknown
/** What a decorator of the language, or of `experimentalDecorators`, gives back, at the place of a method. */
type Decorator = <F extends Method>(...given: readonly [F, { readonly kind: 'method' }] | readonly [object, string | symbol, TypedPropertyDescriptor<F>]) => any

const CALL = 'vigie.traced(name, options, fn)'
const HINT = 'vigie.traced(name, options) without one is a decorator of a method'

/**
 * A function that runs `fn` inside of a new span each time it is called, with what it was called with, and returns what `fn` returns.
 * The span ends when the result is there: when `fn` has returned or its promise has settled; when the stream that it returns has
 * closed; for a generator, whose body the span is current in, when it has ended; with `callback` when that was called. What `fn` throws, rejects with, or a
 * stream fails with is recorded and sets the status to `error`. The name is that of `fn` unless given.
 *
 * With a name and options alone, and written before a method, it is a decorator: `@vigie.traced('price')`, or `@vigie.traced`.
 *
 * Throws a `TypeError` where there is no function to run. A call of the function that it gives back throws what `fn` throws.
 */
export function traced<F extends Method>(fn: F): F
export function traced<F extends Method>(name: string, fn: F): F
export function traced<F extends Method>(name: string, options: TracedOptions, fn: F): F
export function traced(name: string, options?: TracedOptions): Decorator
export function traced<F extends Method>(method: F, context: { readonly kind: 'method'; readonly name: string | symbol }): F
export function traced<F extends Method>(target: object, key: string | symbol, property: TypedPropertyDescriptor<F>): void
export function traced(...given: readonly unknown[]): unknown {
  const [first, second, third] = given
  if (typeof first !== 'string') return decorated(undefined, {}, given)
  if (typeof second === 'function') return wrapped(first, {}, second as Method)
  if (given.length > 2) return wrapped(first, optionsOf(second), needed<Method>(third, CALL, HINT))
  return (...method: readonly unknown[]) => decorated(first, optionsOf(second), method)
}

function optionsOf(given: unknown): TracedOptions {
  return typeof given === 'object' && given !== null ? given : {}
}

/** A function, or what decorators of either kind are called with. */
function decorated(name: string | undefined, options: TracedOptions, [first, second, third]: readonly unknown[]): unknown {
  if (typeof third === 'object' && third !== null && 'value' in third) {
    const property = third as TypedPropertyDescriptor<Method>
    const method = needed<Method>(property.value, '@vigie.traced', 'it is for methods')
    property.value = wrapped(name ?? String(second), options, method)
    return property
  }
  const method = needed<Method>(first, 'vigie.traced(fn)', HINT)
  const named = typeof second === 'object' && second !== null && 'name' in second ? String(second.name) : method.name
  return wrapped(name ?? (named || 'anonymous'), options, method)
}

/** The same function to those who look at it: its name, its parameters, and what else it bears. */
function like(fn: Method, wrapper: Method): Method {
  const { prototype: _, ...properties } = Object.getOwnPropertyDescriptors(fn) as { [key: string]: PropertyDescriptor }
  for (const [key, property] of Object.entries(properties)) if (Object.getOwnPropertyDescriptor(wrapper, key)?.configurable !== false) Object.defineProperty(wrapper, key, property)
  return wrapper
}

function wrapped(name: string, options: TracedOptions, fn: Method): Method {
  if (types.isGeneratorFunction(fn)) {
    return like(fn, function (this: unknown, ...args: never[]) {
      return stepped(Reflect.apply(fn, this, args) as object, () => startSpanOf(name, options))
    })
  }
  return like(fn, function (this: unknown, ...args: never[]) {
    const span = startSpanOf(name, options)
    const called = options.callback === true ? calledBack(span, args) : args
    let result: unknown
    try {
      result = current.run(toEnter(span.context), () => Reflect.apply(fn, this, called) as unknown)
    } catch (error) {
      span.fail(error)
      throw error
    }
    if (called !== args) failing(span, result)
    else if (!lasting(span, result)) span.end()
    return result
  })
}
