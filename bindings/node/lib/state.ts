// What changes while the program runs, in one place. One per JavaScript environment: lib/index.ts sees to it.
// Not for behaviour: each field belongs to the module that its comment names.

import { AsyncLocalStorage } from 'node:async_hooks'
import { Columns } from './columns.js'
import type { ContextImpl } from './context.js'
import type { Instrument } from './instruments.js'
import type { Family } from './logger.js'
import { DEFAULTS, type Settings } from './settings.js'
import type { Gauge } from './types.js'

/** Everything that changes while the program runs. */
export class State {
  /** The batch in the making (lib/batches.ts), and the one for records that user code makes while a record is being written. */
  readonly columns = new Columns(1)
  readonly spare = new Columns(2)
  private serial = 2
  /** The current context, and the one that the environment gave (lib/current.ts). */
  readonly current = new AsyncLocalStorage<ContextImpl>()
  declare initial: ContextImpl
  /** Whether a first use or `init` has happened, and hooks are in place (lib/lifecycle.ts). */
  configured = false
  hooked = false
  /** The process is leaving: nothing may wait for the event loop any more. */
  exiting = false
  epoch = 0
  settings: Settings = DEFAULTS
  /** Wall clock minus monotonic clock in microseconds, and when to compare them again (lib/clock.ts). */
  wallOffset = 0
  tieAt = -1
  /** Loggers by name (lib/logger.ts). */
  readonly families = new Map<string, Family>()
  /** Forms told to the core so far (lib/forms.ts). */
  forms = 0
  /** Instruments by name (lib/instruments.ts). */
  readonly instruments = new Map<string, Instrument>()
  /** Gauges that are asked on collection (lib/collect.ts). */
  readonly observed = new Map<Gauge, () => number | undefined>()
  watching = false
  /** Spans begun and not ended yet (lib/span.ts). */
  openSpans = 0
  /** Records that could not be made: the stack was exhausted, or two others were being made around them. */
  lost = 0

  nextSerial(): number {
    return ++this.serial
  }
}

/** The one state. */
export const state = new State()
