// The kinds of spans by their names.

import { binding } from '#native'
import type { SpanKind as KindName } from '../types.js'
import { SpanKind } from './wire.js'

const KINDS: ReadonlyMap<KindName, SpanKind> = new Map([
  ['internal', SpanKind.INTERNAL],
  ['server', SpanKind.SERVER],
  ['client', SpanKind.CLIENT],
  ['producer', SpanKind.PRODUCER],
  ['consumer', SpanKind.CONSUMER],
])

/** The number of a kind, internal without one. Of another name the core judges: a kind in other letters, or internal and counted. */
export function kindNumber(kind: KindName | undefined): SpanKind {
  if (kind === undefined) return SpanKind.INTERNAL
  return KINDS.get(kind) ?? (binding.spanKind(typeof kind === 'string' ? kind : typeof kind) as SpanKind)
}
