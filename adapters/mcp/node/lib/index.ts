// Traces, metrics and logs of MCP servers and clients, recorded by Vigie: what users import.

import { fault } from './faults.js'
import { find } from './find.js'
import { giveBack, hook } from './hook.js'
import { type Capture, choose, settings } from './settings.js'

export type { Capture } from './settings.js'

/** What users choose; every key is optional. */
export interface Options {
  /**
   * What is kept of a tool's arguments and result: `off`, the default, nothing; `metadata` the names of the arguments and their
   * size; `full` both themselves, each cut at `captureBytes`.
   */
  readonly capture?: Capture
  /** A whole number of at least 1. Default: 4096. */
  readonly captureBytes?: number
  /**
   * The SDK's classes that the program uses, such as `Client` and `Server`. They are hooked before the call returns, and
   * nothing is looked for. Default: every copy of the SDK that is found.
   */
  readonly classes?: readonly unknown[]
  /** Where to look for the SDK: folders or files, paths or URLs. Default: the program's own folder and the current one. */
  readonly from?: string | URL | readonly (string | URL)[]
}

/**
 * Records what the MCP SDK of this process does from here on. Again, it takes the new choices and hooks what is new. True when
 * hooks are in; false where no SDK is found or one is not as it is known here, which is logged once and counted. Rejects with
 * a `RangeError` for choices that are not accepted, and with nothing else.
 */
export async function instrument(options: Options = {}): Promise<boolean> {
  choose(options.capture, options.captureBytes)
  settings.on = true
  try {
    const classes = options.classes ?? (await find(placesOf(options.from)))
    if (classes.length === 0) throw new Error('no copy of the MCP SDK was found')
    // It may have been turned off while the copies were loaded.
    return settings.on && classes.map(hooked).every(Boolean)
  } catch (error) {
    fault('instrument', error)
    return false
  }
}

/** Puts the SDK's own functions back. Requests under way are recorded to their end. Throws nothing. */
export function uninstrument(): void {
  settings.on = false
  giveBack()
}

function hooked(type: unknown): boolean {
  try {
    hook(type)
    return true
  } catch (error) {
    fault('hook', error)
    return false
  }
}

function placesOf(from: Options['from']): readonly (string | URL)[] {
  if (from === undefined) return [...(process.argv[1] === undefined ? [] : [process.argv[1]]), process.cwd()]
  return typeof from === 'string' || from instanceof URL ? [from] : from
}
