// One face in a JavaScript environment, whichever of ESM and CommonJS came first. Each version of the package has its own.

import { binding } from '#native'
import * as own from './api.js'

const KEY = Symbol.for(`vigie/${binding.version}`)

type Face = typeof own

function first(): Face {
  const holder = globalThis as { [KEY]?: Face }
  const found = holder[KEY]
  if (found !== undefined) return found
  Object.defineProperty(globalThis, KEY, { value: own })
  return own
}

/** The face in use. */
export const face: Face = first()
