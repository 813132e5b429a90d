// A new span: its identifiers, whether it is sampled, and the context that it is current in.
// Not for what users call: see tracer.ts.

import { binding } from '#native'
import type { SpanKind } from '../batch/wire.js'
import { ContextImpl, SAMPLED } from '../context/context.js'
import { draw, drawn } from '../runtime/ids.js'
import type { Instant } from '../runtime/instant.js'
import { state } from '../runtime/state.js'
import { SpanImpl } from './span.js'

/** A span that carries on what `base` carries. `parent` is null for the root of a new trace, `above` what is current after the end. */
export function make(
  name: string,
  kind: SpanKind,
  scope: string,
  base: ContextImpl,
  parent: ContextImpl | null,
  above: ContextImpl | null,
  startTime: Instant | undefined,
): SpanImpl {
  const s0 = parent === null ? 0 : parent.s0
  const s1 = parent === null ? 0 : parent.s1
  const context = child(name, kind, base, parent !== null && parent.hasSpan ? parent : null)
  context.under = context
  context.above = above
  const made = new SpanImpl(name, kind, scope, context, s0, s1, parent !== null && parent.isRemote, startTime)
  return parent === null ? made : linkedFrom(parent, made)
}

/** A span that is started in a context which links to a remote span in place of continuing it. */
function linkedFrom(parent: ContextImpl, made: SpanImpl): SpanImpl {
  const linked = parent.hasSpan ? null : (parent.carried?.aside?.linked ?? null)
  return linked === null ? made : made.addLink({ context: linked })
}

/** A span with identifiers and flags that somebody else has chosen, under `parent`. */
export function makeWith(
  name: string,
  kind: SpanKind,
  scope: string,
  ids: ContextImpl,
  parent: ContextImpl,
  startTime: Instant | undefined,
): SpanImpl {
  ids.under = ids
  ids.above = parent.under
  return linkedFrom(parent, new SpanImpl(name, kind, scope, ids, parent.s0, parent.s1, parent.isRemote, startTime))
}

/** The context of a new span. It has an identifier of its own, everything else is carried on. */
function child(name: string, kind: SpanKind, base: ContextImpl, parent: ContextImpl | null): ContextImpl {
  draw(parent === null)
  const ids = drawn as unknown as readonly [number, number, number, number, number, number]
  const s0 = ids[4]
  const s1 = ids[5]
  const { parentBased, rootFlags } = state.settings.sampling
  if (parent !== null) {
    const flags = parentBased ? parent.flags : sampled(name, kind, parent.flags, parent.t2, parent.t3, false)
    return new ContextImpl(parent.t0, parent.t1, parent.t2, parent.t3, s0, s1, flags, false, base.carried, null)
  }
  return new ContextImpl(ids[0], ids[1], ids[2], ids[3], s0, s1, sampled(name, kind, rootFlags, ids[2], ids[3], true), false, base.carried, null)
}

/**
 * Compares the lower half of the trace id, without its last bit, with the bound that the core gave: its rule, and its number. Where
 * other rules hold too, the core decides.
 */
function sampled(name: string, kind: SpanKind, flags: number, t2: number, t3: number, isNew: boolean): number {
  const { boundHigh, boundLow, isPlain } = state.settings.sampling
  if (!isPlain) return binding.samples(t2, t3, name, kind, isNew) ? flags | SAMPLED : flags & ~SAMPLED
  const high = t2 >>> 1
  const low = ((t2 << 31) | (t3 >>> 1)) >>> 0
  return high < boundHigh || (high === boundHigh && low < boundLow) ? flags | SAMPLED : flags & ~SAMPLED
}
