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

const LOWER = 1
const DIGIT = 2
const OTHER = 4

/** Classes of the characters that neither side of a member needs to escape: letters, digits, `-`, `.`, `_`. */
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code)
  if (/[a-z]/.test(char)) return LOWER
  if (/[0-9_-]/.test(char)) return DIGIT
  return /[A-Z.]/.test(char) ? OTHER : 0
})

/**
 * Whether a list of `key=value` members is in the form that the core would render itself: short, few, nothing to escape, no
 * spaces, no properties, no key twice. A `tracestate` key begins with a lower-case letter and holds no upper-case one or dot.
 */
export function isPlainList(text: string, isTraceState: boolean): boolean {
  if (text.length > MAX_PLAIN) return false
  const inside = isTraceState ? LOWER | DIGIT : LOWER | DIGIT | OTHER
  const first = isTraceState ? LOWER : inside
  let members = 0
  let at = 0
  while (at < text.length) {
    const start = at
    if ((classAt(text, at) & first) === 0) return false
    while ((classAt(text, at) & inside) !== 0) at++
    if (text.charCodeAt(at) !== 61 || members === MAX_MEMBERS || isRepeated(text, members++, start, at)) return false
    const value = ++at
    while (classAt(text, at) !== 0) at++
    if (isTraceState && at === value) return false
    if (at === text.length) return true
    if (text.charCodeAt(at++) !== 44) return false
  }
  return false
}

function classAt(text: string, at: number): number {
  const code = at < text.length ? text.charCodeAt(at) : 0
  return code < 128 ? (CLASSES[code] as number) : 0
}

/** Where the keys of the list at hand begin and end. */
const starts = new Int32Array(MAX_MEMBERS)
const ends = new Int32Array(MAX_MEMBERS)

/** Whether the key of member `number`, which is noted here, occurred before it. */
function isRepeated(text: string, number: number, start: number, end: number): boolean {
  for (let k = 0; k < number; k++) {
    const other = starts[k] as number
    if ((ends[k] as number) - other === end - start && text.startsWith(text.slice(start, end), other)) return true
  }
  starts[number] = start
  ends[number] = end
  return false
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

/** The correlation id and the context keys among `propagate`, as pairs of key and JSON text. */
export function travelling(carried: Carried): string[] {
  const pairs: string[] = []
  for (const key of ['correlation_id', ...state.settings.propagate]) {
    const value = carried.attributes?.get(key)
    if (value !== undefined && value !== null && typeof value !== 'object') pairs.push(key, JSON.stringify(value))
  }
  return pairs
}
