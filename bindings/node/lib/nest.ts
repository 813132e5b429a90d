// `vigie/nest`: the logger of NestJS. See README.md.

import type * as own from './bridges/nest.js'
import { face } from './entry/nest.js'

export type { NestLevel } from './bridges/nest.js'

export const NestLogger: typeof own.NestLogger = face.NestLogger
export type NestLogger = own.NestLogger
