// The text of what has no better form: symbols, functions, instances that print themselves, messages that are no strings.
// Not for containers: see write_value.ts.

import { types } from 'node:util'
import { quietly, Walk } from './budget.js'

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

const NATIVE = /^function toString\(\) \{\s*\[native code\]\s*\}$/

/** Whether an object's text comes from the engine or from Node. Those are not bound by the budget, which is for users' code. */
function isStandardText(value: object): boolean {
  return quietly(false, () => {
    if (types.isProxy(value) || inheritedData(value, Symbol.toPrimitive) !== undefined) return false
    const toString = inheritedData(value, 'toString')
    if (toString === URL.prototype.toString || toString === URLSearchParams.prototype.toString) return true
    return typeof toString === 'function' && NATIVE.test(Function.prototype.toString.call(toString))
  })
}

/** What an object's own `toString` says, within the budget of the record. When that fails it is the object's class. */
export function guardedText(value: object, walk: Walk): string {
  const say = (): string => String(value)
  const text = isStandardText(value) ? quietly<unknown>(undefined, say) : walk.call(say)
  if (text === Walk.OVER) return '[over budget]'
  return typeof text === 'string' ? text.slice(0, MAX_TEXT) : classText(value)
}

/** A data property, own or inherited, read without running code. */
export function inheritedData(value: object, key: string | symbol): unknown {
  let at: object | null = value
  for (let climbed = 0; at !== null && climbed < 100; climbed++) {
    const found = Object.getOwnPropertyDescriptor(at, key)
    if (found !== undefined) return found.value
    at = Object.getPrototypeOf(at) as object | null
  }
  return undefined
}

/** The name of an object's class, read without running code of the object. Empty for plain objects, and when there is none. */
export function className(value: object): string {
  return quietly('', () => {
    if (types.isProxy(value)) return ''
    const made = inheritedData(value, 'constructor')
    if (typeof made !== 'function' || made === Object || types.isProxy(made)) return ''
    const name: unknown = Object.getOwnPropertyDescriptor(made, 'name')?.value
    return typeof name === 'string' ? name.slice(0, 200) : ''
  })
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
