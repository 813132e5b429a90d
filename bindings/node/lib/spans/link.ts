// The links that users hand in.

import { Flag } from '../batch/wire.js'
import { contextOf, SAMPLED } from '../context/context.js'
import { HexReader } from '../runtime/hex.js'
import type { Attributes, Link } from '../types.js'
import { keepPairs } from '../values/kept.js'
import type { KeptLink } from './span_data.js'

/** Reads a link. Undefined when its target has no identifiers. */
export function keptLink(link: Link): KeptLink | undefined {
  const { context, attributes } = link
  const found = contextOf(context)
  if (found === undefined) return foreign(context as { readonly traceId: unknown; readonly spanId: unknown }, attributes)
  const target = found.hasSpan ? found : found.carried?.aside?.linked
  if (!target) return undefined
  const { t0, t1, t2, t3, s0, s1, isRemote } = target
  const flags = target.flags | (isRemote ? Flag.REMOTE : 0)
  return { t0, t1, t2, t3, s0, s1, flags, attributes: keepPairs(attributes) }
}

/** Identifiers that stand by themselves come from elsewhere, and from a trace that somebody kept. */
const FOREIGN = SAMPLED | Flag.REMOTE

/** A link to what is no context of ours and has identifiers all the same. */
function foreign({ traceId, spanId }: { readonly traceId: unknown; readonly spanId: unknown }, attributes: Attributes | undefined): KeptLink | undefined {
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return undefined
  if (traceId.length !== 32 || spanId.length !== 16) return undefined
  const hex = new HexReader()
  const t0 = hex.word(traceId, 0, 8)
  const t1 = hex.word(traceId, 8, 8)
  const t2 = hex.word(traceId, 16, 8)
  const t3 = hex.word(traceId, 24, 8)
  const s0 = hex.word(spanId, 0, 8)
  const s1 = hex.word(spanId, 8, 8)
  return hex.isValid ? { t0, t1, t2, t3, s0, s1, flags: FOREIGN, attributes: keepPairs(attributes) } : undefined
}
