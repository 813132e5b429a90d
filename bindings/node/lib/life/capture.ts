// Captures for users' tests: every line since some moment, kept in memory.

import { binding } from '#native'
import { needed } from '../runtime/calls.js'
import { begin } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import { watch } from '../values/promises.js'
import { flushSync } from './lifecycle.js'

/** A line, parsed. */
export type Line = { readonly [key: string]: unknown }

/** What was recorded since the capture began. */
export interface Capture {
  readonly lines: readonly string[]
  readonly logs: readonly Line[]
  readonly spans: readonly Line[]
  /** Metric lines are written by each of these readings and by every flush. */
  readonly metrics: readonly Line[]
  /** Ends the capture; what it holds stays readable. */
  stop(): void
}

class CaptureImpl implements Capture {
  private kept: readonly string[] | undefined
  private readonly number: number

  constructor() {
    // What was recorded before does not belong to it.
    flushSync()
    this.number = binding.captureOpen()
  }

  get lines(): readonly string[] {
    if (this.kept !== undefined) return this.kept
    flushSync()
    return split(binding.captureLines(this.number))
  }

  private of(kind: string | undefined): readonly Line[] {
    return this.lines.map((line) => JSON.parse(line) as Line).filter((line) => line['kind'] === kind)
  }

  get logs(): readonly Line[] {
    return this.of(undefined)
  }

  get spans(): readonly Line[] {
    return this.of('span')
  }

  get metrics(): readonly Line[] {
    return this.of('metric')
  }

  stop(): void {
    if (this.kept !== undefined) return
    this.kept = this.lines
    binding.captureClose(this.number)
  }
}

function split(text: string): readonly string[] {
  return text === '' ? [] : text.split('\n')
}

/** Captures every line from here until `stop`, beside the configured outputs. */
export function capture(): Capture
/** Captures what `fn` records, and what its promise does until it settles; `fn` gets the capture too. */
export function capture<T>(fn: (records: Capture) => T): T
export function capture<T>(fn?: (records: Capture) => T): Capture | T {
  if (!state.configured) begin()
  const made = new CaptureImpl()
  if (fn === undefined) return made
  const run = needed<(records: Capture) => T>(fn, 'capture(fn)', 'capture() gives a capture that lasts until its stop()')
  let result: T
  try {
    result = run(made)
  } catch (error) {
    made.stop()
    throw error
  }
  const stop = (): void => made.stop()
  if (!watch(result, stop, stop)) stop()
  return result
}

/** The lines that `{"to": "memory"}` outputs hold. */
export function memoryLines(): readonly string[] {
  flushSync()
  return split(binding.memory())
}
