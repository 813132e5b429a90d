// The life of one alert: ok, pending, firing, and who has said what to it. A pure step from value to value.

import { type Condition, type Memory, type Reading, read } from './condition.js'

export type Phase = 'ok' | 'pending' | 'firing'

/** Kept between executions as JSON; times are milliseconds since 1970. */
export interface AlertState {
  readonly phase: Phase
  /** Since when it is in its phase. */
  readonly since: number
  /** When the newest value was; absent when there was none. */
  readonly seen?: number
  /** When it was told last that it is firing; absent when nobody has heard of it. */
  readonly told?: number
  readonly acknowledged?: Acknowledgement
  readonly silenced?: Silence
  readonly memory: Memory
}

export interface Acknowledgement {
  readonly at: number
  readonly by: string
  readonly note: string
}

export interface Silence {
  readonly until: number
  readonly by: string
  readonly note: string
}

export interface Rule {
  readonly condition: Condition
  /** How long it must be breached before it fires. */
  readonly for_ms: number
  /** After how long it is told again while it fires and nobody has acknowledged it; 0 is never. */
  readonly repeat_ms: number
}

export interface Observation {
  /** Undefined, or not finite, where there is no value. */
  readonly value: number | undefined
  readonly at: number
  readonly zone: string
  /** Whether it lies in a maintenance window. */
  readonly is_maintenance: boolean
}

export type Output = 'firing' | 'resolved' | 'unchanged'

/** Why nothing was told though it is firing, or why a value was passed over. */
export type Reason = 'silenced' | 'maintenance' | 'no value' | 'late' | 'learning'

export interface Step {
  readonly output: Output
  readonly state: AlertState
  readonly reading: Omit<Reading, 'memory'> | undefined
  readonly reason: Reason | undefined
  /** Whether a firing alert is told once more. */
  readonly is_repeated: boolean
  /** When it began to fire, for one that fires or has just been resolved. */
  readonly fired_at: number | undefined
}

/** An alert that nothing is known of. */
export function fresh(at: number): AlertState {
  return { phase: 'ok', since: at, memory: {} }
}

export function step(before: AlertState, rule: Rule, observation: Observation): Step {
  const { value, at, zone } = observation
  const fired_at = before.phase === 'firing' ? before.since : undefined
  const pass = (reason: Reason): Step => ({ output: 'unchanged', state: before, reading: undefined, reason, is_repeated: false, fired_at })
  if (before.seen !== undefined && at <= before.seen) return pass('late')
  // Without a value nothing is known: an alert neither begins nor ends, and a pending one goes on waiting.
  if (value === undefined || !Number.isFinite(value)) return pass('no value')
  const { memory, ...reading } = read(rule.condition, before.memory, value, at, zone)
  const known = { ...expired(before, at), seen: at, memory }
  if (reading.isBreached === undefined) return { ...pass('learning'), state: known, reading }
  return { ...(reading.isBreached ? breached(known, rule, observation) : calm(known, at)), reading }
}

type Outcome = Omit<Step, 'reading'>

function calm({ told, acknowledged, ...rest }: AlertState, at: number): Outcome {
  const state: AlertState = rest.phase === 'ok' ? rest : { ...rest, phase: 'ok', since: at }
  // Whoever has heard that it fires hears of its end, in a silence too.
  const output = rest.phase === 'firing' && told !== undefined ? 'resolved' : 'unchanged'
  return { output, state, reason: undefined, is_repeated: false, fired_at: output === 'resolved' ? rest.since : undefined }
}

function breached(before: AlertState, { for_ms, repeat_ms }: Rule, { at, is_maintenance }: Observation): Outcome {
  const since = before.phase === 'ok' ? at : before.since
  if (before.phase !== 'firing' && at - since < for_ms) {
    return { output: 'unchanged', state: { ...before, phase: 'pending', since }, reason: undefined, is_repeated: false, fired_at: undefined }
  }
  const state: AlertState = before.phase === 'firing' ? before : { ...before, phase: 'firing', since: at }
  const quiet = (reason?: Reason): Outcome => ({ output: 'unchanged', state, reason, is_repeated: false, fired_at: state.since })
  const { told } = state
  const isDue = told === undefined || (repeat_ms > 0 && state.acknowledged === undefined && at - told >= repeat_ms)
  if (!isDue) return quiet()
  if (state.silenced !== undefined) return quiet('silenced')
  if (is_maintenance) return quiet('maintenance')
  return { output: 'firing', state: { ...state, told: at }, reason: undefined, is_repeated: told !== undefined, fired_at: state.since }
}

/** Without a silence that is over. */
export function expired({ silenced, ...rest }: AlertState, at: number): AlertState {
  return silenced === undefined || silenced.until <= at ? rest : { ...rest, silenced }
}
