// What stands for the current span where there is none: it takes everything and keeps nothing.
// Not for spans that the sampler left out: those are spans.

import { ContextHolder, type ContextImpl } from '../context/context.js'
import type { Span } from '../types.js'

/** A span without a record. Its context is the current one, so that it has the ids of another process's span. */
export class NoSpan extends ContextHolder implements Span {
  readonly isRecording = false
  readonly name = ''

  constructor(readonly context: ContextImpl) {
    super()
  }

  setAttribute(): this {
    return this
  }

  setAttributes(): this {
    return this
  }

  addEvent(): this {
    return this
  }

  addLink(): this {
    return this
  }

  recordException(): this {
    return this
  }

  setStatus(): this {
    return this
  }

  updateName(): this {
    return this
  }

  end(): void {
    // There is nothing to end.
  }
}
