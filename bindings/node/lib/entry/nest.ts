// The logger of NestJS, once in a JavaScript environment.

import * as own from '../bridges/nest.js'
import { once } from './singleton.js'

export const face: typeof own = once('nest', own)
