// What stands behind the OpenTelemetry API, once in a JavaScript environment.

import * as own from './otel_api.js'
import { once } from './singleton.js'

export const face: typeof own = once('otel', own)
