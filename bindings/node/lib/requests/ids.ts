// The two ids of a request: from its headers, or made new.

import type { ContextImpl } from '../context/context.js'
import { hex64 } from '../runtime/hex.js'
import { draw, drawn } from '../runtime/ids.js'
import { state } from '../runtime/state.js'

/** The longest id that is taken from a header. */
const MOST_BYTES = 128
const PRINTABLE = /^[ -~]+$/

/** A header's value as an id: printable ASCII of at most 128 bytes. */
export function idOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  return text.length <= MOST_BYTES && PRINTABLE.test(text) ? text : undefined
}

/** The id of a request: what its header says unless strangers write it, or a new one. */
export function requestId(header: unknown): string {
  const given = state.settings.propagation.isPublic ? undefined : idOf(header)
  return given ?? newId()
}

/** 32 hexadecimal digits, as the ids of traces are made. */
function newId(): string {
  draw(true)
  const [t0, t1, t2, t3] = drawn as unknown as readonly [number, number, number, number]
  return hex64(t0, t1) + hex64(t2, t3)
}

/** The correlation id that a context brings, as far as it is one. */
export function correlationId(context: ContextImpl): string | undefined {
  return idOf(context.carried?.attributes?.get('correlation_id'))
}
