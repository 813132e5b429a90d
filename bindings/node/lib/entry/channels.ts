// What makes spans of channels, once in a JavaScript environment.

import * as own from '../diagnostics/subscribe.js'
import { once } from './singleton.js'

export const face: typeof own = once('channels', own)
