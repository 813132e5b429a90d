// The guarded text form of what has no better one: symbols, functions, instances that print themselves, messages that are no strings.
// Not for containers: see lib/convert.ts.

import { types } from 'node:util'
import { Walk } from './walk.js'

/** Longer texts of this kind say no more. */
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

/** What an object's own `toString` says, within the budget of the record; its class when that fails. */
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

/** Instances without own properties are known by their text (URL, RegExp); undefined: by their properties. */
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

/** A name as text, whatever was given for one. */
export function nameText(name: unknown): string {
  return typeof name === 'string' ? name : messageText(name)
}

/** Runs what reads arguments that can be anything; what they throw is as if they were absent. */
export function quietly<T>(fallback: T, read: () => T): T {
  try {
    return read()
  } catch {
    return fallback
  }
}
