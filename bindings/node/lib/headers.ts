// Header values of a context: what is plain passes as it is, everything else is read and rendered by the core.
// Not for carriers: see lib/propagation.ts.

import { binding } from '#native'
import { Carried, type ContextImpl } from './context.js'
import { state } from './state.js'

/** What the core makes of headers. */
export interface Rendered {
  /** Identifiers as 32-bit numbers (4 of the trace, 2 of the span) and the flags; null without a valid `traceparent`. */
  readonly trace: readonly number[] | null
  /** The headers as they travel on. */
  readonly headers: { readonly [name: string]: string }
  /** Context keys that came along: the correlation id, and what `propagate` names. */
  readonly attributes: { readonly [key: string]: string | number | boolean | null }
}

/** Has the core read header pairs, add baggage and context keys, and render what travels on. */
export function render(headers: readonly string[], baggage: readonly string[], attributes: readonly string[]): Rendered {
  return JSON.parse(binding.carry(headers, baggage, attributes)) as Rendered
}

const MAX_PLAIN = 512
const MAX_MEMBERS = 8

/** Letters, digits, `-`, `.`, `_`: what neither side of a member needs to escape. */
function isPlainChar(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) ||
    code === 45 || code === 46 || code === 95
  )
}

/**
 * Whether a list of `key=value` members is in the form that the core would render itself: short, few, nothing to escape, no
 * spaces, no properties. A `tracestate` key must also begin with a lower-case letter and hold no upper-case one or dot.
 */
export function isPlainList(text: string, strictKeys: boolean): boolean {
  if (text.length > MAX_PLAIN) return false
  let members = 0
  let start = 0
  let inKey = true
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 44
    if (code === 44) {
      if (inKey || ++members > MAX_MEMBERS) return false
      start = i + 1
      inKey = true
    } else if (code === 61) {
      if (!inKey || i === start) return false
      if (isRepeated(text, start, i)) return false
      inKey = false
    } else if (!isPlainChar(code)) return false
    else if (strictKeys && inKey && ((code >= 65 && code <= 90) || code === 46 || (i === start && code < 97))) return false
    else if (strictKeys && !inKey && text.charCodeAt(i - 1) === 61 && i === text.length) return false
  }
  return true
}

/** Whether the key between `start` and `end` occurred before it. */
function isRepeated(text: string, start: number, end: number): boolean {
  if (start === 0) return false
  const key = text.slice(start, end + 1)
  return text.startsWith(key) || text.lastIndexOf(`,${key}`, start - 2) >= 0
}

/** The same parts with headers that are fit to travel on. */
export function cleaned(carried: Carried): Carried {
  if (carried.clean) return carried
  const { traceState, baggage } = carried
  if ((traceState === '' || isPlainList(traceState, true)) && (baggage === '' || isPlainList(baggage, false))) {
    carried.clean = true
    return carried
  }
  const { headers } = render(['traceparent', ANY_TRACE, 'tracestate', traceState, 'baggage', baggage], [], [])
  return new Carried(carried.attributes, headers['tracestate'] ?? '', headers['baggage'] ?? '', true)
}

/** `tracestate` counts only beside a `traceparent`. */
export const ANY_TRACE = '00-00000000000000000000000000000001-0000000000000001-01'

/** The context with baggage members added; a repeated key takes the new value. */
export function addBaggage(context: ContextImpl, members: { readonly [key: string]: string }): ContextImpl {
  const pairs: string[] = []
  for (const [key, value] of Object.entries(members)) pairs.push(key, String(value))
  const { carried } = context
  const { headers } = render(['baggage', carried?.baggage ?? ''], pairs, [])
  const { attributes = null, traceState = '', clean = true } = carried === null ? {} : cleaned(carried)
  return context.carrying(new Carried(attributes, traceState, headers['baggage'] ?? '', clean))
}

/** Baggage members, decoded. */
export function baggageOf(context: ContextImpl): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  if (context.carried === null) return found
  for (const member of cleaned(context.carried).baggage.split(',')) {
    const at = member.indexOf('=')
    if (at > 0) found.set(member.slice(0, at), decode(member.slice(at + 1)))
  }
  return found
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Context keys among `propagate`, as pairs of key and JSON text. */
export function travelling(carried: Carried | null): string[] {
  const pairs: string[] = []
  if (carried?.attributes == null) return pairs
  for (const key of state.settings.propagate) {
    const value = carried.attributes.get(key)
    if (value !== undefined && value !== null && typeof value !== 'object') pairs.push(key, JSON.stringify(value))
  }
  return pairs
}
