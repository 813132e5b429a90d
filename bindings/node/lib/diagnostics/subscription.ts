// Subscriptions to what libraries publish: nothing that goes wrong in them reaches the library, and where an instrumentation for
// OpenTelemetry is at work for the same library, that one is left alone with it.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { getLogger } from '../logs/logger.js'
import { begin } from '../runtime/first_use.js'
import { whoInstruments } from '../runtime/instrumented.js'
import { state } from '../runtime/state.js'

/** The libraries of which it was told that they could not be read. */
const told = new Set<string>()

/** Runs what reads a library's objects, which may be anything. */
export function reading(library: string, run: () => void): void {
  try {
    run()
  } catch (error) {
    if (told.has(library)) return
    told.add(library)
    getLogger('vigie.channels').warn('what {library} publishes could not be read; more of that is not told', error as Error, { library })
  }
}

/** What is done with the messages of each channel. */
export type Handlers<M> = { readonly [channel: string]: (message: M) => void }

/** A library whose channels are heard. */
export class Subscription<M> {
  private readonly heard: readonly (readonly [string, (message: unknown) => void])[]
  private isOpen = false

  constructor(
    private readonly library: string,
    /** The names of the instrumentations that do the same. */
    private readonly others: readonly string[],
    handlers: Handlers<M>,
  ) {
    this.heard = Object.entries(handlers).map(([channel, handle]) => [channel, (message: unknown) => this.take(handle, message)])
  }

  /** Begins to hear. */
  open(): void {
    if (this.isOpen) return
    this.isOpen = true
    for (const [channel, take] of this.heard) subscribe(channel, take)
  }

  /** Hears no more. */
  close(): void {
    if (!this.isOpen) return
    this.isOpen = false
    for (const [channel, take] of this.heard) unsubscribe(channel, take)
  }

  private take(handle: (message: M) => void, message: unknown): void {
    if (!state.configured) begin()
    if (!this.isLeftAlone()) reading(this.library, () => handle(message as M))
  }

  private isLeftAlone(): boolean {
    const other = whoInstruments(this.others)
    if (other === undefined) return false
    this.close()
    getLogger('vigie.channels').info('{library} is recorded by {other}, so its channels are left alone', { library: this.library, other })
    return true
  }
}
