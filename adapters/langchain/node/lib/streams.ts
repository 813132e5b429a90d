// Streams that nobody reads to their end: LangChain says nothing of them, so their generators are watched.

import { randomUUID } from 'node:crypto'
import type { Method } from './patches.js'
import type { Recorder } from './recorder.js'

/** A method that starts a run and gives its answer piece by piece; its second argument is the configuration of the call. */
export function watched(recorder: Recorder, original: Method): Method {
  return function (input, options, ...rest) {
    const known = (options as { readonly runId?: unknown } | undefined)?.runId
    const run = typeof known === 'string' ? known : randomUUID()
    const pieces = original.call(this, input, { ...(options as object | undefined), runId: run }, ...rest) as AsyncGenerator<unknown>
    const leave = (value: unknown): Promise<IteratorResult<unknown>> => {
      const left = pieces.return(value)
      // Not behind it: a generator that waits for its next piece is left only when that has come.
      recorder.guarded(() => abandon(recorder, run))
      return left
    }
    return {
      next: (value?: unknown) => pieces.next(value),
      return: leave,
      throw: (error: unknown) => pieces.throw(error),
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }
}

/** Ends a run, if it is open, as one whose reader has left it. */
export function abandon({ runs }: Recorder, run: string): void {
  if (runs.context(run) !== undefined) runs.end(run, { state: 'abandoned' })
}
