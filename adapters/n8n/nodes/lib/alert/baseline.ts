// What is usual: an exponentially weighted mean and variance, one for each slot of a season. After West (1979), as the
// incremental form that needs no history.

import { localTime } from './local_time.js'

export type Season = 'none' | 'day' | 'week'

export interface Usual {
  readonly mean: number
  readonly variance: number
  /** Values that were learned. */
  readonly count: number
}

export interface AnomalyRule {
  readonly kind: 'anomaly'
  /** Standard deviations from the mean that are still usual. */
  readonly deviations: number
  readonly direction: 'both' | 'above' | 'below'
  /** Weight of the newest value, above 0 and at most 1. */
  readonly weight: number
  /** Values of a slot that are learned before it judges. */
  readonly warmup: number
  readonly season: Season
  /** Distance from the mean that is usual in any case: for values that hardly move. */
  readonly minimum_deviation: number
}

/** The slot of a moment: the hours of a day, or of a week. */
export function slotOf(season: Season, at: number, zone: string): number {
  if (season === 'none') return 0
  const { weekday, hour } = localTime(at, zone)
  return season === 'day' ? hour : weekday * 24 + hour
}

export interface Judgement {
  /** Undefined while there is too little to judge by. */
  readonly isBreached: boolean | undefined
  readonly expected: number | undefined
  readonly limit: number | undefined
  readonly learned: Usual
}

/** Judges a value by what was usual, and learns it. */
export function judge(rule: AnomalyRule, usual: Usual | undefined, value: number): Judgement {
  if (usual === undefined) return { isBreached: undefined, expected: undefined, limit: undefined, learned: { mean: value, variance: 0, count: 1 } }
  const { mean, variance, count } = usual
  if (count < rule.warmup) return { isBreached: undefined, expected: mean, limit: undefined, learned: learn(rule.weight, usual, value) }
  const limit = Math.max(rule.deviations * Math.sqrt(variance), rule.minimum_deviation)
  const distance = value - mean
  const isBreached = { both: Math.abs(distance) > limit, above: distance > limit, below: -distance > limit }[rule.direction]
  // An anomaly is learned as the outermost value that is usual, so that one outlier does not make the next one usual. Where
  // nothing ever moved there is no such bound, and the new level is learned as it is.
  const bounded = limit === 0 ? value : Math.min(mean + limit, Math.max(mean - limit, value))
  return { isBreached, expected: mean, limit, learned: learn(rule.weight, usual, bounded) }
}

function learn(weight: number, { mean, variance, count }: Usual, value: number): Usual {
  // The first values weigh the same, or the very first one would for long.
  const newest = Math.max(weight, 1 / (count + 1))
  const distance = value - mean
  const step = newest * distance
  return { mean: mean + step, variance: (1 - newest) * (variance + distance * step), count: Math.min(count + 1, Number.MAX_SAFE_INTEGER) }
}
