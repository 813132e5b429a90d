// Header values of a context, as the core reads and writes them.
// Not for what needs no core: see lists.ts. Not for carriers: see propagation.ts.

import { binding } from '#native'
import { tidyBaggage, tidyState } from './lists.js'

/** What the core read. */
export interface Read {
  /** Identifiers as 32-bit numbers (4 of the trace, 2 of the span) and the flags; null without a remote span. */
  readonly trace: readonly number[] | null
  /** What came along, as a `tracestate` and a `baggage` header. */
  readonly traceState: string
  readonly baggage: string
  /** Context keys that came along: the correlation id, and what `propagate` names. */
  readonly attributes: { readonly [key: string]: string | number | boolean | null }
  /** Whether the remote side asked for its trace to be kept by all means. */
  readonly isDebug: boolean
  /** The remote span, as `trace` has it, where it is not continued. */
  readonly linked: readonly number[] | null
}

/**
 * Has the core read headers, in pairs of lower-case name and value, on top of the baggage of a context. What a stranger says is not
 * continued.
 */
export function read(baggage: string, headers: readonly string[], isPublic: boolean): Read {
  return JSON.parse(binding.extract(baggage, headers, isPublic)) as Read
}

/** What the environment variables of the process said at the start. */
export function inherited(): Read {
  return JSON.parse(binding.inherited()) as Read
}

/** Has the core write the headers of a context, whose attributes are in pairs of key and JSON text. */
export function write(
  traceparent: string,
  { traceState, baggage, aside }: { readonly traceState: string; readonly baggage: string; readonly aside: { readonly isDebug: boolean } | null },
  attributes: readonly string[],
): Map<string, string> {
  const headers = binding.inject(traceparent, traceState, baggage, attributes, aside !== null && aside.isDebug)
  return new Map(Object.entries(JSON.parse(headers) as { [name: string]: string }))
}

/** A `tracestate` and a `baggage` header as the core writes them, the latter with members added: key, value, key, value ... */
export function normalized(traceState: string, baggage: string, added: readonly string[]): readonly [string, string] {
  if (added.length === 0) {
    const state = tidyState(traceState)
    const members = tidyBaggage(baggage)
    if (state !== undefined && members !== undefined) return [state, members]
  }
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
