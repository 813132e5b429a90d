// Spans that end later than the function that they are of returns: with a promise, a stream, or a callback.
// Nothing of this changes what becomes of those.

import { AsyncResource } from 'node:async_hooks'
import { errorMonitor } from 'node:events'
import { finished, type Readable, type Stream } from 'node:stream'
import { quietly } from '../values/budget.js'
import { watch } from '../values/promises.js'

/** What ends well or with an error, once. */
interface Ending {
  end(): void
  fail(error: unknown): void
}

/** Whether `result` will be there later, and the span ends with it. */
export function lasting(span: Ending, result: unknown): boolean {
  if (typeof result !== 'object' || result === null) return false
  return watch(result, () => span.end(), (error) => span.fail(error)) || quietly(false, () => streaming(span, result))
}

/** A function that takes a callback may reject in its place. */
export function failing(span: Ending, result: unknown): void {
  watch(result, () => {}, (error) => span.fail(error))
}

/** A stream of Node tells when it is over. Its errors stay unhandled where nobody handles them. */
function streaming(span: Ending, result: object): boolean {
  const { on, pipe } = result as { [key: string]: unknown }
  if (typeof on !== 'function' || typeof pipe !== 'function') return false
  const stream = result as Stream
  stream.on(errorMonitor, (error: { readonly code?: unknown } | null) => {
    // One that its reader has broken off has not failed.
    if (error?.code !== 'ABORT_ERR') span.fail(error)
  })
  finished(stream as Readable, { error: false }, () => span.end())
  return true
}

/**
 * The arguments of a call whose last one, a function, ends the span. It runs where it was made, as it would without a span; an error is
 * what it is given first, unless that is nothing. The arguments themselves where the last one is no function.
 */
export function calledBack(span: Ending, args: never[]): never[] {
  const callback: unknown = args.at(-1)
  if (typeof callback !== 'function') return args
  const ending = AsyncResource.bind(function (this: unknown, ...given: unknown[]): unknown {
    const [error] = given
    if (error === undefined || error === null) span.end()
    else span.fail(error)
    return Reflect.apply(callback, this, given) as unknown
  })
  return [...args.slice(0, -1), ending as never]
}
