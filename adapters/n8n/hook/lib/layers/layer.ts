// What a layer is: something of n8n that is watched at one place.

import type { Host } from '../host.js'
import type { Recorder } from '../recorder.js'

export interface Layer {
  readonly name: string
  /** Throws when this release of n8n has not what it needs; what was put in by then goes on alone. */
  install(host: Host, recorder: Recorder): void
}
