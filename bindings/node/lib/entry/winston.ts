// What winston writes to, once in a JavaScript environment.

import * as own from '../bridges/winston.js'
import { once } from './singleton.js'

export const face: typeof own = once('winston', own)
