// Changes of the settings: whoever depends on the settings registers here when it is loaded.

import { binding } from '#native'
import { readSettings } from './settings.js'
import { state } from './state.js'

const listeners: (() => void)[] = []

/** Runs `listener` after every change of the settings, the first use included. */
export function onChange(listener: () => void): void {
  listeners.push(listener)
}

/** The core's number for the settings that were read last. */
let epoch = 0

/** Reads the settings again. */
export function refresh(): void {
  epoch = binding.epoch()
  state.settings = readSettings()
  for (const listener of listeners) listener()
}

/** Reads the settings again when the core's number says that they have changed, here or on another thread. */
export function follow(seen: number): void {
  if (seen !== epoch) refresh()
}
