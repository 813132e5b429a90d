// The bodies of models and retrievers, where a provider's client makes its requests: they run in the run's own place, so that
// what is made in there stands below the run. Not for which runs there are: the callbacks say that.

import { PROVIDER_CALLS } from './semantics.js'
import type { Method, Patches } from './patches.js'
import type { Recorder } from './recorder.js'

/** Where a method takes the manager of its run. */
const MANAGER = 2

/** The identifier of the run that a method of this kind belongs to. */
function runOf(all: readonly unknown[], at: number): string | undefined {
  const id = (all[at] as { readonly runId?: unknown } | undefined)?.runId
  return typeof id === 'string' ? id : undefined
}

/** A body that gives a promise. */
export function promising(recorder: Recorder, original: Method, at = MANAGER): Method {
  return function (...all) {
    const run = runOf(all, at)
    const call = (): unknown => original.apply(this, all)
    if (run === undefined) return call()
    const result = recorder.runs.enter(run, call)
    if (at !== MANAGER || !(result instanceof Promise)) return result
    return result.finally(() => mark(recorder, this, run))
  }
}

/** A body that gives its answer piece by piece. */
export function streaming(recorder: Recorder, original: Method): Method {
  return function (...all) {
    const run = runOf(all, MANAGER)
    const pieces = original.apply(this, all) as AsyncGenerator<unknown>
    return run === undefined ? pieces : entered(recorder, this, run, pieces)
  }
}

/**
 * The pieces of an answer, which are made in the run's place until the first one, which its request has brought: to do so for
 * each takes longer than all else that is done for one. Between two pieces the caller is where it was.
 */
export function entered<P>(recorder: Recorder, model: object, run: string, pieces: AsyncGenerator<P>): AsyncGenerator<P> {
  let isFirst = true
  const next = (value?: unknown): Promise<IteratorResult<P>> => {
    if (!isFirst) return pieces.next(value)
    isFirst = false
    // The client is made with the first request as a rule.
    return recorder.runs.enter(run, () => pieces.next(value)).finally(() => mark(recorder, model, run))
  }
  return {
    next,
    return: (value: unknown) => pieces.return(value),
    throw: (error: unknown) => pieces.throw(error),
    [Symbol.asyncIterator]() {
      return this
    },
  } as AsyncGenerator<P>
}

/** Patches the classes of a model or retriever that bring these methods along, each once. */
export function enterBodies(patches: Patches, recorder: Recorder, model: object): void {
  patches.own(model, '_generate', (original) => promising(recorder, original))
  patches.own(model, '_streamResponseChunks', (original) => streaming(recorder, original))
}

/** Patches the classes of a retriever. */
export function enterRetrieval(patches: Patches, recorder: Recorder, retriever: object): void {
  patches.own(retriever, '_getRelevantDocuments', (original) => promising(recorder, original, 1))
}

/** Whether somebody has wrapped the call of the provider's client, as instrumentations do: it then says itself what was used. */
export function isWrapped(model: object): boolean {
  return PROVIDER_CALLS.some((path) => {
    let at: unknown = model
    for (const name of path.split('.')) {
      if (typeof at !== 'object' || at === null) return false
      at = (at as { readonly [name: string]: unknown })[name]
    }
    return typeof at === 'function' && (at as { readonly __wrapped?: unknown }).__wrapped === true
  })
}

function mark(recorder: Recorder, model: object, run: string): void {
  recorder.guarded(() => {
    if (isWrapped(model)) recorder.doubled.set(run, true)
  })
}
