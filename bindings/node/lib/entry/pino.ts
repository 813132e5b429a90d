// What pino writes to, once in a JavaScript environment.

import * as own from '../bridges/pino.js'
import { once } from './singleton.js'

export const face: typeof own = once('pino', own)
