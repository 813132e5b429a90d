// What processors and exporters are shown of the process where the user said nothing of it.

import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { fromProgram } from './packages.js'
import type { Resource } from './readable.js'

/** A resource without the official package. */
class OwnResource implements Resource {
  constructor(readonly attributes: Attributes) {}

  merge(other: Resource | null): Resource {
    return new OwnResource({ ...this.attributes, ...other?.attributes })
  }

  getRawAttributes(): [string, AttributeValue | undefined][] {
    return Object.entries(this.attributes)
  }
}

/** A process of which nothing was told. */
export const NOTHING_TOLD: Resource = new OwnResource({})

/** The official default, where its package is installed, since exporters are written for that. */
export function defaultResource(): Resource {
  return fromProgram<{ defaultResource?: () => Resource }>('@opentelemetry/resources')?.defaultResource?.() ?? NOTHING_TOLD
}
