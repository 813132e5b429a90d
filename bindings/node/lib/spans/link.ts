// The links that users hand in.

import { contextOf } from '../context/context.js'
import { HexReader } from '../runtime/hex.js'
import type { Link } from '../types.js'
import { keep } from '../values/kept.js'
import type { KeptLink } from './span_data.js'

/** Reads a link. Undefined when its target has no identifiers. */
export function keptLink(link: Link): KeptLink | undefined {
  const target = targetOf(link)
  return target === undefined ? undefined : { ...target, attributes: keep(null, link.attributes) }
}

function targetOf({ context }: Link): Pick<KeptLink, 'trace' | 'span'> | undefined {
  const found = contextOf(context)
  if (found !== undefined) {
    return found.hasSpan ? { trace: [found.t0, found.t1, found.t2, found.t3], span: [found.s0, found.s1] } : undefined
  }
  const { traceId, spanId } = context as { readonly traceId: unknown; readonly spanId: unknown }
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return undefined
  if (traceId.length !== 32 || spanId.length !== 16) return undefined
  const hex = new HexReader()
  const trace = [0, 8, 16, 24].map((at) => hex.word(traceId, at, 8))
  const span = [0, 8].map((at) => hex.word(spanId, at, 8))
  return hex.isValid ? { trace, span } : undefined
}
