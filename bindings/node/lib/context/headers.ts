// Header values of a context. What is plain passes as it is, everything else is read and written by the core.
// Not for carriers: see propagation.ts.

import { binding } from '#native'

/** What the core read. */
export interface Read {
  /** Identifiers as 32-bit numbers (4 of the trace, 2 of the span) and the flags; null without a remote span. */
  readonly trace: readonly number[] | null
  /** What came along, as a `tracestate` and a `baggage` header. */
  readonly traceState: string
  readonly baggage: string
  /** Context keys that came along: the correlation id, and what `propagate` names. */
  readonly attributes: { readonly [key: string]: string | number | boolean | null }
}

/** Has the core read headers, in pairs of lower-case name and value, on top of the baggage of a context. */
export function read(baggage: string, headers: readonly string[]): Read {
  return JSON.parse(binding.extract(baggage, headers)) as Read
}

/** What the environment variables of the process said at the start. */
export function inherited(): Read {
  return JSON.parse(binding.inherited()) as Read
}

/** Has the core write the headers of a context, whose attributes are in pairs of key and JSON text. */
export function write(traceparent: string, traceState: string, baggage: string, attributes: readonly string[]): Map<string, string> {
  return new Map(Object.entries(JSON.parse(binding.inject(traceparent, traceState, baggage, attributes)) as { [name: string]: string }))
}

const MAX_PLAIN = 512
const MAX_MEMBERS = 8

const LOWER = 1
const DIGIT = 2
const OTHER = 4

/** Classes of the characters that neither side of a member needs to escape: letters, digits, `-`, `.` and `_`. */
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code)
  if (/[a-z]/.test(char)) return LOWER
  if (/[0-9_-]/.test(char)) return DIGIT
  return /[A-Z.]/.test(char) ? OTHER : 0
})

/**
 * Whether a list of `key=value` members is one that the core would render just so: short, few members, nothing to escape, no
 * spaces, no properties, no key twice. A `tracestate` key begins with a lower-case letter and holds no upper-case one and no dot.
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

/** A `tracestate` and a `baggage` header as the core writes them, the latter with members added: key, value, key, value ... */
export function normalized(traceState: string, baggage: string, added: readonly string[]): readonly [string, string] {
  const [state = '', members = ''] = binding.normalized(traceState, baggage, added)
  return [state, members]
}

/** The members of a `baggage` header, decoded. */
export function membersOf(baggage: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const member of baggage.split(',')) {
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
