// A moment as the clock on the wall of a time zone shows it.

export interface LocalTime {
  /** 0 is Sunday. */
  readonly weekday: number
  readonly hour: number
  /** Minutes since midnight. */
  readonly minute_of_day: number
  /** `2026-11-29T10:00:00`: sorts as time does. */
  readonly text: string
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Making one costs more than using it a thousand times; the last one is kept, for a workflow has one time zone. */
let kept: { readonly zone: string; readonly format: Intl.DateTimeFormat } | undefined

/**
 * @param at milliseconds since 1970
 * @param zone of the IANA database; throws a `RangeError` for an unknown one
 */
export function localTime(at: number, zone: string): LocalTime {
  if (kept?.zone !== zone) kept = { zone, format: formatOf(zone) }
  const part = Object.fromEntries(kept.format.formatToParts(at).map(({ type, value }) => [type, value]))
  const { weekday = '', year = '', month = '', day = '', hour = '', minute = '', second = '' } = part
  return {
    weekday: WEEKDAYS.indexOf(weekday),
    hour: Number(hour),
    minute_of_day: Number(hour) * 60 + Number(minute),
    text: `${year.padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}`,
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const two = '2-digit'
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
  })
}
