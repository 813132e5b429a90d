// `vigie/winston`: Vigie behind winston. See README.md.

import type * as own from './bridges/winston.js'
import { face } from './entry/winston.js'

export type { WinstonInfo, WinstonOptions } from './bridges/winston.js'

export const Transport: typeof own.Transport = face.Transport
export type Transport = own.Transport
