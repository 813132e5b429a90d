// Header values of a context. What the core would write just so passes as it is, everything else is read and written by the core.
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

const MAX_STATE = 512
const MAX_BAGGAGE = 1024
const MAX_MEMBERS = 32
/** The most that a member of a `tracestate` may hold: the key, its part behind an `@`, the value. */
const MAX_KEY = 241
const MAX_SYSTEM = 14
const MAX_VALUE = 256

const LOWER = 1
/** A character of a `tracestate` key, behind its first. */
const STATE_KEY = 2
/** A character of a `baggage` key that is usual; the core knows more. */
const BAGGAGE_KEY = 4
/** A character of a `tracestate` value. A space is for the core: at an end it goes. */
const STATE_VALUE = 8
/** A character that stands for itself in a `baggage` value. */
const BAGGAGE_VALUE = 16

/** With a place for every UTF-16 unit, so that none needs a check of its own. */
const CLASSES = new Uint8Array(0x10000)
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code)
  let all = 0
  if (/[a-z]/.test(char)) all |= LOWER
  if (/[a-z0-9_*/-]/.test(char)) all |= STATE_KEY
  if (/[A-Za-z0-9._-]/.test(char)) all |= BAGGAGE_KEY
  if (/[!-~]/.test(char) && !/[,=]/.test(char)) all |= STATE_VALUE
  if (/[!-~]/.test(char) && !/["%,;\\]/.test(char)) all |= BAGGAGE_VALUE
  CLASSES[code] = all
}

/** Whether the core would write a `tracestate` just so: no spaces, no empty members. */
export function isPlainState(text: string): boolean {
  if (text.length > MAX_STATE) return false
  for (let at = 0, members = 1; members <= MAX_MEMBERS; members++) {
    const value = endOfKey(text, at)
    if (value < 0) return false
    at = run(text, value, STATE_VALUE)
    if (at === value || at - value > MAX_VALUE) return false
    if (at === text.length) return true
    if (text.charCodeAt(at++) !== 44) return false
  }
  return false
}

/** Where the value behind the `tracestate` key at `start` begins; -1 when the key is not a usual one. */
function endOfKey(text: string, start: number): number {
  if ((classAt(text, start) & LOWER) === 0) return -1
  let at = run(text, start, STATE_KEY)
  if (at - start > MAX_KEY) return -1
  if (text.charCodeAt(at) === 64) {
    const system = at + 1
    if ((classAt(text, system) & LOWER) === 0) return -1
    at = run(text, system, STATE_KEY)
    if (at - system > MAX_SYSTEM) return -1
  }
  return text.charCodeAt(at) === 61 ? at + 1 : -1
}

/** Whether the core would write a `baggage` just so: no spaces, no properties, no key twice, and only escapes that it makes too. */
export function isPlainBaggage(text: string): boolean {
  if (text.length > MAX_BAGGAGE) return false
  for (let at = 0, members = 0; members < MAX_MEMBERS; members++) {
    const start = at
    at = run(text, start, BAGGAGE_KEY)
    if (at === start || text.charCodeAt(at) !== 61 || isRepeated(text, members, start, at)) return false
    at = run(text, at + 1, BAGGAGE_VALUE)
    while (text.charCodeAt(at) === 37) {
      const behind = endOfEscapes(text, at)
      if (behind < 0) return false
      at = run(text, behind, BAGGAGE_VALUE)
    }
    if (at === text.length) return true
    if (text.charCodeAt(at++) !== 44) return false
  }
  return false
}

/** Behind the escapes of one character at `at`; -1 when the core would write them in another way. */
function endOfEscapes(text: string, at: number): number {
  const first = escaped(text, at)
  if (first < 0x80) return first < 0 || ((CLASSES[first] as number) & BAGGAGE_VALUE) !== 0 ? -1 : at + 3
  if (first < 0xc2 || first > 0xf4) return -1
  const second = escaped(text, at + 3)
  // The four ranges of UTF-8 that would be overlong, surrogates, or beyond U+10FFFF.
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return -1
  const end = at + 3 * (first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4)
  for (let next = at + 6; next < end; next += 3) {
    const byte = escaped(text, next)
    if (byte < 0x80 || byte > 0xbf) return -1
  }
  return end
}

/** The byte that an escape with upper-case digits stands for; -1 for anything else. */
function escaped(text: string, at: number): number {
  if (text.charCodeAt(at) !== 37) return -1
  const high = digit(text.charCodeAt(at + 1))
  const low = digit(text.charCodeAt(at + 2))
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  return code >= 65 && code <= 70 ? code - 55 : -1
}

/** Behind the characters of a class from `at` on. */
function run(text: string, at: number, kind: number): number {
  const { length } = text
  while (at < length && ((CLASSES[text.charCodeAt(at)] as number) & kind) !== 0) at++
  return at
}

function classAt(text: string, at: number): number {
  return at < text.length ? (CLASSES[text.charCodeAt(at)] as number) : 0
}

/** Where the keys of the list at hand begin and end. */
const starts = new Int32Array(MAX_MEMBERS)
const ends = new Int32Array(MAX_MEMBERS)

/** Whether the key of member `number`, which is noted here, occurred before it. */
function isRepeated(text: string, number: number, start: number, end: number): boolean {
  for (let k = 0; k < number; k++) {
    const other = starts[k] as number
    if ((ends[k] as number) - other !== end - start) continue
    // From the end, where keys that look alike differ.
    let last = end - start - 1
    while (last >= 0 && text.charCodeAt(other + last) === text.charCodeAt(start + last)) last--
    if (last < 0) return true
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
