// What a span keeps until it ends.
// Not for what users can do with a span: see span.ts.

import type { SpanKind, Status } from '../batch/wire.js'
import type { ContextImpl } from '../context/context.js'
import type { Instant } from '../runtime/instant.js'
import type { Kept, Pairs } from '../values/kept.js'
import type { More } from './more.js'

/** An event, ready to be written. */
export interface KeptEvent {
  readonly name: string
  readonly time: Instant
  readonly attributes: Pairs
}

/** A link, ready to be written. */
export interface KeptLink {
  /** Identifiers of its target, as numbers of 32 bits. */
  readonly t0: number
  readonly t1: number
  readonly t2: number
  readonly t3: number
  readonly s0: number
  readonly s1: number
  /** The flags of the trace, and whether the target is remote. */
  readonly flags: number
  readonly attributes: Pairs
}

/** A span as it is written when it ends. */
export interface SpanData {
  readonly context: ContextImpl
  /** Identifier of the parent, zero for the root of a trace. */
  readonly parent0: number
  readonly parent1: number
  /** The parent is a span of another process. */
  readonly isParentRemote: boolean
  readonly name: string
  readonly kind: SpanKind
  readonly scope: string
  /** The start by the wall clock, in microseconds and nanoseconds beyond them. */
  readonly start: number
  readonly startNs: number
  /** The first attributes stand in fields. */
  readonly k0: string | undefined
  readonly k1: string | undefined
  readonly k2: string | undefined
  readonly k3: string | undefined
  readonly v0: Kept
  readonly v1: Kept
  readonly v2: Kept
  readonly v3: Kept
  readonly more: More | null
  readonly status: Status
  readonly statusMessage: string
  readonly events: readonly KeptEvent[] | null
  readonly links: readonly KeptLink[] | null
  readonly droppedEvents: number
  readonly droppedLinks: number
}
