// A new span: its identifiers, and the context that it is current in.
// Not for what users call: see tracer.ts. Not for whether it is sampled: see decide.ts.

import type { SpanKind } from '../batch/wire.js'
import { ContextImpl, SAMPLED } from '../context/context.js'
import { draw, drawn } from '../runtime/ids.js'
import type { Instant } from '../runtime/instant.js'
import { state } from '../runtime/state.js'
import type { Attributes } from '../types.js'
import { decided, sampledByRatio, stands } from './decide.js'
import { SpanImpl } from './span.js'

/**
 * A span that carries on what `base` carries. `parent` is null for the root of a new trace, `above` what is current after the end.
 * `attributes` are what it is about to be told, for rules that ask.
 */
export function make(
  name: string,
  kind: SpanKind,
  scope: string,
  base: ContextImpl,
  parent: ContextImpl | null,
  above: ContextImpl | null,
  startTime: Instant | undefined,
  attributes?: Attributes,
): SpanImpl {
  const s0 = parent === null ? 0 : parent.s0
  const s1 = parent === null ? 0 : parent.s1
  const context = child(name, kind, base, parent !== null && parent.hasSpan ? parent : null, attributes)
  context.under = context
  context.above = above
  const made = new SpanImpl(name, kind, scope, context, s0, s1, parent !== null && parent.isRemote, startTime, false)
  return parent === null ? made : linkedFrom(parent, made)
}

/** A span that is started in a context which links to a remote span in place of continuing it. */
function linkedFrom(parent: ContextImpl, made: SpanImpl): SpanImpl {
  const linked = parent.hasSpan ? null : (parent.carried?.aside?.linked ?? null)
  return linked === null ? made : made.addLink({ context: linked })
}

/** A span with identifiers and flags that somebody else has chosen, under `parent`. It is recorded whether it is sampled or not. */
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
  return linkedFrom(parent, new SpanImpl(name, kind, scope, ids, parent.s0, parent.s1, parent.isRemote, startTime, true))
}

/** The context of a new span. It has an identifier of its own, everything else is carried on. */
function child(
  name: string,
  kind: SpanKind,
  base: ContextImpl,
  parent: ContextImpl | null,
  attributes: Attributes | undefined,
): ContextImpl {
  draw(parent === null)
  const ids = drawn as unknown as readonly [number, number, number, number, number, number]
  const s0 = ids[4]
  const s1 = ids[5]
  if (parent !== null && stands(parent)) {
    return new ContextImpl(parent.t0, parent.t1, parent.t2, parent.t3, s0, s1, parent.flags, false, base.carried, null)
  }
  const [t0, t1, t2, t3] = parent === null ? ids : [parent.t0, parent.t1, parent.t2, parent.t3]
  const byRatio = parent === null ? sampledByRatio(t2, t3) : undefined
  if (byRatio !== undefined) {
    const { rootFlags } = state.settings.sampling
    return new ContextImpl(t0, t1, t2, t3, s0, s1, byRatio ? rootFlags | SAMPLED : rootFlags, false, base.carried, null)
  }
  const { flags, carried } = decided(name, kind, t2, t3, parent, base.carried, attributes)
  return new ContextImpl(t0, t1, t2, t3, s0, s1, flags, false, carried, null)
}
