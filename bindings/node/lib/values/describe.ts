// The text of what has no better form: symbols, functions, instances that print themselves, messages that are no strings.
// Not for containers: see write_value.ts.

import { types } from 'node:util'
import { Walk } from './budget.js'

/** A longer text of this kind says no more. */
const MAX_TEXT = 8192

/** A symbol or function, without running any code of it. */
export function symbolText(value: unknown): string {
  if (typeof value === 'symbol') return Symbol.prototype.toString.call(value)
  let name: PropertyDescriptor | undefined
  try {
    name = Object.getOwnPropertyDescriptor(value as object, 'name')
  } catch {
    name = undefined
  }
  return typeof name?.value === 'string' && name.value !== '' ? `[Function: ${name.value}]` : '[Function]'
}

/** What an object's own `toString` says, within the budget of the record. When that fails it is the object's class. */
export function guardedText(value: object, walk: Walk): string {
  const text = walk.call(() => String(value))
  return typeof text === 'string' ? text.slice(0, MAX_TEXT) : classText(value)
}

/** `[ClassName]`, read without running code of the object where that is possible. */
export function classText(value: object): string {
  try {
    const { constructor } = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } }
    const name = constructor?.name
    return typeof name === 'string' && name !== '' ? `[${name.slice(0, 200)}]` : '[object]'
  } catch {
    return '[object]'
  }
}

/** The text of an instance without own properties, such as a URL or a RegExp. Undefined for one that its properties describe. */
export function instanceText(value: object, walk: Walk): string | undefined {
  if (types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value) || types.isGeneratorObject(value)) {
    return classText(value)
  }
  if (types.isRegExp(value)) return guardedText(value, walk)
  const own = Object.keys(value)
  if (own.length > 0) return undefined
  const { toString } = value as { toString?: unknown }
  if (typeof toString !== 'function' || toString === Object.prototype.toString) return undefined
  return guardedText(value, walk)
}

/** A message that is no string: its text, which is data and never a template. */
export function messageText(message: unknown): string {
  if (typeof message === 'object' && message !== null) return guardedText(message, new Walk())
  if (typeof message === 'symbol' || typeof message === 'function') return symbolText(message)
  return String(message)
}

/** A name as text, whatever was given for it. */
export function nameText(name: unknown): string {
  return typeof name === 'string' ? name : messageText(name)
}

/** The key of a Map as text. */
export function keyText(key: unknown, walk: Walk): string {
  if (typeof key === 'string') return key
  if (typeof key === 'symbol' || typeof key === 'function') return symbolText(key)
  if (typeof key !== 'object' || key === null) return String(key)
  return guardedText(key, walk)
}
