// `vigie/pino`: Vigie behind pino. See README.md.

import type * as own from './bridges/pino.js'
import { face } from './entry/pino.js'

export type { PinoOptions, PinoStream } from './bridges/pino.js'

export const stream: typeof own.stream = face.stream
export const mixin: typeof own.mixin = face.mixin
/** The target of a transport of pino. */
const target: typeof own.default = face.default
export default target
