// Whether a span that begins is sampled: here where a trace id and a parent say all, by the core where more is asked for.

import { binding } from '#native'
import type { SpanKind } from '../batch/wire.js'
import { type Carried, type ContextImpl, NOTHING_CARRIED, SAMPLED } from '../context/context.js'
import { state } from '../runtime/state.js'
import type { Attributes } from '../types.js'
import { isScalar } from '../values/kinds.js'

/** Whether the parent's decision stands; its flags and its `tracestate` go on as they are. */
export function stands(parent: ContextImpl): boolean {
  const { localStands, remoteStands } = state.settings.sampling
  return parent.isRemote ? remoteStands : localStands
}

/**
 * Whether a new trace is sampled, by its lower half: without the last bit that is compared with the bound that the core gave.
 * Undefined where other things decide too.
 */
export function sampledByRatio(t2: number, t3: number): boolean | undefined {
  const { boundHigh, boundLow, isPlain } = state.settings.sampling
  if (!isPlain) return undefined
  const high = t2 >>> 1
  const low = ((t2 << 31) | (t3 >>> 1)) >>> 0
  return high < boundHigh || (high === boundHigh && low < boundLow)
}

/** What the core decided: the flags, and what is carried on. */
export interface Decided {
  readonly flags: number
  readonly carried: Carried | null
}

const NO_PARENT = -1
const IS_REMOTE = 0x100

/** Asks the core, about a span of the trace with this lower half of its id. */
export function decided(
  name: string,
  kind: SpanKind,
  t2: number,
  t3: number,
  parent: ContextImpl | null,
  carried: Carried | null,
  attributes: Attributes | undefined,
): Decided {
  const own = carried === null ? '' : carried.cleaned().traceState
  const told = parent === null ? NO_PARENT : parent.flags | (parent.isRemote ? IS_REMOTE : 0)
  const answer = binding.samples(t2, t3, name, kind, told, own, asked(attributes))
  const kept = parent === null ? state.settings.sampling.rootFlags : parent.flags
  const flags = answer.startsWith('1') ? kept | SAMPLED : kept & ~SAMPLED
  if (answer.length === 1) return { flags, carried }
  const traceState = answer.slice(2)
  return { flags, carried: (carried ?? NOTHING_CARRIED).withTraceState(traceState) }
}

/** The attributes that rules ask for, as far as they are scalars: names and texts by turns. */
function asked(attributes: Attributes | undefined): string[] {
  const pairs: string[] = []
  if (typeof attributes !== 'object' || attributes === null) return pairs
  for (const name of state.settings.sampling.attributes) {
    const value = own(attributes, name)
    if ((isScalar(value) && value !== null) || typeof value === 'bigint') pairs.push(name, String(value))
  }
  return pairs
}

/** What stands there without running anybody's code. */
function own(attributes: Attributes, name: string): unknown {
  try {
    return Object.getOwnPropertyDescriptor(attributes, name)?.value
  } catch {
    return undefined
  }
}
