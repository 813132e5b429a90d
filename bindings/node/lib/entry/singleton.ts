// One face in a JavaScript environment, whichever of ESM and CommonJS came first. Each version of the package has its own.

import { binding } from '#native'
import * as own from './api.js'

const KEY = Symbol.for(`vigie/${binding.version}`)

/** The copy of the package that came first. */
interface First {
  readonly face: typeof own
  /** Its parts by name, which the package's other entries are made of. In the one file `require` is what finds them. */
  readonly part: (name: string) => unknown
  /** The faces of those entries. */
  readonly others: Map<string, unknown>
}

function first(): First {
  const holder = globalThis as { [KEY]?: First }
  const found = holder[KEY]
  if (found !== undefined) return found
  const made: First = { face: own, part: require, others: new Map() }
  Object.defineProperty(globalThis, KEY, { value: made })
  return made
}

/** The face in use, and its parts. */
export const { face, part, others } = first()

/** The face of another entry: that of the copy that came first. */
export function once<F>(name: string, own: F): F {
  if (!others.has(name)) others.set(name, own)
  return others.get(name) as F
}
