// What people say to an alert: that somebody has it, or that nobody wants to hear of it for a while.

import { type AlertState, expired, fresh } from './machine.js'

export type Answer =
  | { readonly action: 'acknowledge'; readonly by: string; readonly note: string }
  | { readonly action: 'unacknowledge' }
  | { readonly action: 'silence'; readonly by: string; readonly note: string; readonly for_ms: number }
  | { readonly action: 'unsilence' }

export interface Answered {
  readonly state: AlertState | undefined
  /** Whether the answer changed anything: one cannot acknowledge what does not fire. */
  readonly is_done: boolean
}

export function answer(before: AlertState | undefined, given: Answer, at: number): Answered {
  const known = before === undefined ? undefined : expired(before, at)
  switch (given.action) {
    case 'acknowledge': {
      if (known?.phase !== 'firing') return { state: known, is_done: false }
      const { by, note } = given
      return { state: { ...known, acknowledged: { at, by, note } }, is_done: true }
    }
    case 'unacknowledge': {
      if (known?.acknowledged === undefined) return { state: known, is_done: false }
      const { acknowledged: _, ...state } = known
      return { state, is_done: true }
    }
    case 'silence': {
      // One may silence in advance what has never fired.
      const { by, note, for_ms } = given
      return { state: { ...(known ?? fresh(at)), silenced: { until: at + for_ms, by, note } }, is_done: true }
    }
    case 'unsilence': {
      if (known?.silenced === undefined) return { state: known, is_done: false }
      const { silenced: _, ...state } = known
      return { state, is_done: true }
    }
  }
}
