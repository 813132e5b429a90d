// Whether a value is one to be told of: against a threshold, by how fast it changes, or by what is usual.

import { type AnomalyRule, judge, slotOf, type Usual } from './baseline.js'

export const COMPARISONS = {
  above: (value: number, threshold: number) => value > threshold,
  aboveOrEqual: (value: number, threshold: number) => value >= threshold,
  below: (value: number, threshold: number) => value < threshold,
  belowOrEqual: (value: number, threshold: number) => value <= threshold,
  equal: (value: number, threshold: number) => value === threshold,
  notEqual: (value: number, threshold: number) => value !== threshold,
} as const

export type Comparison = keyof typeof COMPARISONS

export type Condition =
  | { readonly kind: 'threshold'; readonly comparison: Comparison; readonly threshold: number }
  | {
      readonly kind: 'rate'
      readonly comparison: Comparison
      /** Change per `per_seconds`. */
      readonly threshold: number
      readonly per_seconds: number
      /** The value only grows, and begins at zero when its program does. */
      readonly is_counter: boolean
    }
  | AnomalyRule

/** What a condition keeps from value to value. */
export interface Memory {
  readonly last?: { readonly value: number; readonly at: number }
  readonly usual?: { readonly [slot: string]: Usual }
}

export interface Reading {
  /** Undefined when it cannot be told yet. */
  readonly isBreached: boolean | undefined
  /** What was compared: the value, or its rate. */
  readonly compared: number | undefined
  readonly expected?: number | undefined
  /** The threshold, or the distance from what is expected. */
  readonly limit: number | undefined
  readonly memory: Memory
}

export function read(condition: Condition, memory: Memory, value: number, at: number, zone: string): Reading {
  switch (condition.kind) {
    case 'threshold': {
      const { comparison, threshold } = condition
      return { isBreached: COMPARISONS[comparison](value, threshold), compared: value, limit: threshold, memory: {} }
    }
    case 'rate': {
      const { comparison, threshold, per_seconds, is_counter } = condition
      const rate = rateOf(memory.last, value, at, is_counter)
      const compared = rate === undefined ? undefined : rate * per_seconds
      const isBreached = compared === undefined ? undefined : COMPARISONS[comparison](compared, threshold)
      return { isBreached, compared, limit: threshold, memory: { last: { value, at } } }
    }
    case 'anomaly': {
      const slot = slotOf(condition.season, at, zone)
      const { isBreached, expected, limit, learned } = judge(condition, memory.usual?.[slot], value)
      return { isBreached, compared: value, expected, limit, memory: { usual: { ...memory.usual, [slot]: learned } } }
    }
  }
}

/** Change per second; undefined for the first value. */
function rateOf(last: Memory['last'], value: number, at: number, isCounter: boolean): number | undefined {
  if (last === undefined || at <= last.at) return undefined
  const change = isCounter && value < last.value ? value : value - last.value
  return (change * 1000) / (at - last.at)
}
