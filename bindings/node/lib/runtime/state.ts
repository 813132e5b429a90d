// The little that every call looks at. There is one of it in a JavaScript environment: entry/singleton.ts sees to that.
// Not for what a single module keeps for itself: that stands in the module.

import { readSettings, type Settings } from './settings.js'

class State {
  /** Whether a first use or `init` has happened. */
  configured = false
  settings: Settings = readSettings()
  /** Records that could not be made: the stack was exhausted, or two others were being made around them. */
  lost = 0
}

/** The one state. */
export const state = new State()
