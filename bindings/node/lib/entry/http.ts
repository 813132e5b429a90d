// What serves requests, once in a JavaScript environment.

import * as own from './http_api.js'
import { once } from './singleton.js'

export const face: typeof own = once('http', own)
