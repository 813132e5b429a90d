// What a value is, as far as the ways into the columns differ.

import { Kind } from '../batch/wire.js'

/** Whether this is an object whose properties can be read one by one without looking at their descriptors first. */
export function isPlain(value: object): boolean {
  try {
    const prototype: unknown = Object.getPrototypeOf(value)
    return prototype === Object.prototype || prototype === null
  } catch {
    return false
  }
}

/** A value that cannot change. */
export type Scalar = string | number | boolean | null

/** Whether this is a value that cannot change. */
export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null
}

/** How a value stands in the columns when its form says the kind. */
export function kindOf(value: unknown): Kind {
  if (typeof value === 'string') return Kind.STR
  if (typeof value === 'number') return Kind.NUM
  if (typeof value === 'boolean') return Kind.BOOL
  return value === null ? Kind.NULL : Kind.TAGGED
}
