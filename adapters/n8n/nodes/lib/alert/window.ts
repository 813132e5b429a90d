// Times in which nobody wants to hear of a failure: once, or every week.

import { localTime } from './local_time.js'

export type Window =
  /** From one moment to another, as ISO 8601; without an offset in the workflow's time zone. */
  | { readonly kind: 'once'; readonly start: string; readonly end: string }
  /** On days of the week (0 is Sunday; none means every day), from `HH:MM` to `HH:MM`; past midnight when the end is the earlier one. */
  | { readonly kind: 'weekly'; readonly days: readonly number[]; readonly from: string; readonly to: string }

const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/
const MIDNIGHT = '0000-00-00T00:00:00'
const LOCAL = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?)?$/

/** Whether a moment lies in one of them; throws a `RangeError` for what is no time. The end is outside. */
export function isInWindow(windows: readonly Window[], at: number, zone: string): boolean {
  return windows.some((window) => (window.kind === 'once' ? isOnce(window, at, zone) : isWeekly(window, at, zone)))
}

function isOnce({ start, end }: Window & { kind: 'once' }, at: number, zone: string): boolean {
  return !isBefore(at, start, zone) && isBefore(at, end, zone)
}

function isBefore(at: number, moment: string, zone: string): boolean {
  // Texts of the same form sort as times do; what a moment leaves open is zero.
  if (LOCAL.test(moment)) return localTime(at, zone).text < (moment + MIDNIGHT.slice(moment.length)).slice(0, MIDNIGHT.length)
  const parsed = Date.parse(moment)
  if (Number.isNaN(parsed)) throw new RangeError(`${JSON.stringify(moment)} is no time in ISO 8601`)
  return at < parsed
}

function isWeekly({ days, from, to }: Window & { kind: 'weekly' }, at: number, zone: string): boolean {
  const { weekday, minute_of_day } = localTime(at, zone)
  const start = minuteOf(from)
  const end = minuteOf(to)
  const isOn = (day: number) => days.length === 0 || days.includes(day)
  if (start < end) return isOn(weekday) && minute_of_day >= start && minute_of_day < end
  // The part after midnight belongs to the day before.
  return (isOn(weekday) && minute_of_day >= start) || (isOn((weekday + 6) % 7) && minute_of_day < end)
}

function minuteOf(clock: string): number {
  const [, hour, minute] = CLOCK.exec(clock.trim()) ?? []
  if (hour === undefined) throw new RangeError(`${JSON.stringify(clock)} is no time of day such as 22:30`)
  return Number(hour) * 60 + Number(minute)
}
