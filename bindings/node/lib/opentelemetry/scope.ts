// Who makes spans: an instrumentation scope, and the provider that knows it.

import type { InstrumentationScope, Resource, SpanProcessor } from './readable.js'
import { NOTHING_TOLD } from './resource.js'

/** What a scope needs to know of its provider. */
export interface Provider {
  readonly resource: Resource
  readonly processors: readonly SpanProcessor[]
}

/** An instrumentation scope of a provider. */
export class Scope {
  constructor(
    readonly provider: Provider,
    readonly shown: InstrumentationScope,
  ) {}
}

/** Of spans that Vigie's own face has started. */
export const OWN = new Scope({ resource: NOTHING_TOLD, processors: [] }, { name: '' })
