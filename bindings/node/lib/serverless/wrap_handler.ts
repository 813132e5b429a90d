// `wrapHandler`: every style of handler of AWS Lambda, called as it was and answering as it did.
// Not for what is recorded: see invocation.ts.

import process from 'node:process'
import { withContext } from '../context/current.js'
import { needed } from '../runtime/calls.js'
import { quietly } from '../values/budget.js'
import { Invocation } from './invocation.js'

/** How a handler is wrapped. */
export interface HandlerOptions {
  /** How long the flush at the end of an invocation may take, in milliseconds. Default: 2000, and never more than is left of the invocation's time. */
  readonly budgetMs?: number
}

type Handler = (...args: unknown[]) => unknown

/** What the runtime marks handlers with that write their response to a stream. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming')
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark')

/**
 * A handler of AWS Lambda that records each invocation, and sends what was recorded before the function is frozen. For handlers that
 * return a promise, that call back, and that write to a response stream.
 *
 * Each invocation is a span of the kind `server` that continues the trace of the event: of its HTTP headers in letters of any case, or
 * of the attributes of the messages of an SQS event, to which it is linked where there are several. It has the attributes of
 * OpenTelemetry's semantic conventions (FaaS spans; AWS Lambda). When the result is known, and before it is handed on, everything is
 * flushed: for at most `budgetMs`, and never longer than the time that `context.getRemainingTimeInMillis()` leaves, less a tenth of a
 * second. Shortly before the time is over, an invocation that still runs is written as it is: its span ends with the status `error` and
 * the attribute `vigie.interrupted`, and a WARN record says so.
 *
 * The result, and what is thrown, are never changed. Throws a `TypeError` for what is no function, and for a budget that is no number.
 */
export function wrapHandler<A extends unknown[], R>(handler: (...args: A) => R, options?: HandlerOptions): (...args: A) => R {
  const run = needed<Handler>(handler, 'vigie.wrapHandler(handler)', 'the function that it gives back is the one to export')
  const budgetMs = options?.budgetMs
  if (budgetMs !== undefined && (typeof budgetMs !== 'number' || Number.isNaN(budgetMs))) {
    throw new TypeError(`budgetMs: ${String(budgetMs)}; accepted: a number of milliseconds`)
  }
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    // Asked at each call: the runtime may have marked either of the two functions.
    const isStreaming = (wrapped as { [STREAMING]?: unknown })[STREAMING] === 'response'
    const invocation = new Invocation(run.name, args[0], args[isStreaming ? 2 : 1], budgetMs)
    const callback = isStreaming ? undefined : args[2]
    if (typeof callback === 'function') args[2] = answering(invocation, callback as Handler)
    let result: unknown
    try {
      result = withContext(invocation.context, () => Reflect.apply(run, this, args))
    } catch (error) {
      invocation.failed(error)
      invocation.sendNow()
      throw error
    }
    if (isThenable(result)) return settled(invocation, result)
    awaitEnd(invocation)
    return result
  }
  return like(run, wrapped) as (...args: A) => R
}

function isThenable(value: unknown): boolean {
  return quietly(false, () => typeof (value as { then?: unknown } | null | undefined)?.then === 'function')
}

async function settled(invocation: Invocation, promise: unknown): Promise<unknown> {
  let result: unknown
  try {
    result = await promise
  } catch (error) {
    invocation.failed(error)
    await invocation.send()
    throw error
  }
  invocation.returned(result)
  await invocation.send()
  return result
}

/** The callback that a handler is given in place of the runtime's. */
function answering(invocation: Invocation, callback: Handler): Handler {
  return function (this: unknown, ...answer: unknown[]): void {
    const [error, result] = answer
    if (error === undefined || error === null) invocation.returned(result)
    else invocation.failed(error)
    void invocation.send().then(() => Reflect.apply(callback, this, answer))
  }
}

/** A handler that neither promised nor called back has ended when there is nothing left to do, as the runtime sees it too. */
function awaitEnd(invocation: Invocation): void {
  if (invocation.hasEnded) return
  const ended = (): void => {
    invocation.returned(undefined)
    invocation.sendNow()
  }
  // In front of the runtime's own listener, which ends the invocation.
  process.prependOnceListener('beforeExit', ended)
  invocation.onEnd = () => process.removeListener('beforeExit', ended)
}

/** The runtime looks at how many parameters a handler has, and at its marks. */
function like(run: Handler, wrapped: Handler): Handler {
  const keys = ['name', 'length', STREAMING, HIGH_WATER_MARK]
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(run, key)
    if (property !== undefined) Object.defineProperty(wrapped, key, property)
  }
  return wrapped
}
