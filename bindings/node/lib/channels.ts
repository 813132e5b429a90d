// `vigie/channels`: spans and metrics from what libraries publish themselves, nothing patched. See README.md.

import type * as own from './diagnostics/subscribe.js'
import { face } from './entry/channels.js'

export const subscribe: typeof own.subscribe = face.subscribe
