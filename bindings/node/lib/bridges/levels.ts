// Levels of other loggers by their names.

import { binding } from '#native'

/** A severity, and whether the name says it. */
export interface Found {
  readonly number: number
  readonly isKnown: boolean
}

const INFO = 9
const ERROR = 17
const TRACE = 1
/** What loggers of Node call levels that Vigie has under other names. */
const NAMES: ReadonlyMap<string, number> = new Map([
  ['http', 9],
  ['verbose', 5],
  ['silly', TRACE],
  ['emerg', 21],
  ['alert', 21],
  ['crit', 21],
  ['notice', 9],
])
/** Those of them that say more than the level does. */
const SHOWN: ReadonlySet<string> = new Set(['http', 'notice', 'emerg', 'alert'])

const known = new Map<string, Found>()

/** The severity of a level's name; that of one that is unknown by its place among the logger's levels, of which 0 is the most severe. */
export function severityNamed(name: string, levels: { readonly [level: string]: number } | undefined): Found {
  const found = known.get(name) ?? byName(name)
  if (found !== undefined) {
    if (known.size < 200) known.set(name, found)
    return found
  }
  return { number: byPlace(name, levels), isKnown: false }
}

function byName(name: string): Found | undefined {
  const number = NAMES.get(name) ?? (/^\d+$/.test(name) ? 0 : binding.severity(name))
  return number === 0 ? undefined : { number, isKnown: !SHOWN.has(name) }
}

/** The nearest level above it that is known. */
function byPlace(name: string, levels: { readonly [level: string]: number } | undefined): number {
  const place = levels?.[name]
  if (place === undefined || levels === undefined) return INFO
  const above = Object.entries(levels).filter(([other, at]) => at < place && byName(other) !== undefined)
  const nearest = above.sort(([, one], [, other]) => other - one)[0]
  return nearest === undefined ? ERROR : (byName(nearest[0])?.number ?? INFO)
}
