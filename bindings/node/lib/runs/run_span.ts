// The span of a run, for code in the run's body that was not given it: it takes attributes, events and another name.
// Not for how the run ends: whoever ends it says that.

import { ContextHolder, type ContextImpl } from '../context/context.js'
import type { Attributes, Span } from '../types.js'

/** The table that knows the run. */
interface Table {
  spanName(id: string): string | undefined
  setAttributes(id: string, attributes: Attributes): void
  addEvent(id: string, name: string, attributes?: Attributes): void
  updateName(id: string, name: string): void
}

/** What is said to it is said to the run. It takes nothing once the run has ended. */
export class RunSpan extends ContextHolder implements Span {
  constructor(
    readonly context: ContextImpl,
    private readonly runs: Table,
    private readonly id: string,
  ) {
    super()
  }

  get isRecording(): boolean {
    return this.runs.spanName(this.id) !== undefined
  }

  get name(): string {
    return this.runs.spanName(this.id) ?? ''
  }

  setAttribute(key: string, value: unknown): this {
    return this.setAttributes({ [key]: value })
  }

  setAttributes(attributes: Attributes): this {
    this.runs.setAttributes(this.id, attributes)
    return this
  }

  addEvent(name: string, attributes?: Attributes): this {
    this.runs.addEvent(this.id, name, attributes)
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

  updateName(name: string): this {
    this.runs.updateName(this.id, name)
    return this
  }

  end(): void {
    // The run ends.
  }
}
