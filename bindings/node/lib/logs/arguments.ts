// The arguments of a logging call that is not simply a text and attributes: which of them is what.
// Not for writing them: see write_record.ts.

import { types } from 'node:util'
import { Walk } from '../values/budget.js'
import { inheritedData, messageText } from '../values/describe.js'
import { keep } from '../values/kept.js'
import { isPlain } from '../values/kinds.js'
import { isError, readError } from '../values/read_error.js'

/** From this severity number on, a bare value before attributes is what was thrown. */
const CAUGHT = 13
/** The places behind the message that have a meaning: the error's and the attributes'. What follows is surplus. */
const PLACES = 2

/** What a call says. */
export interface Call {
  /** The message. It is a template when it is one of the arguments. */
  readonly message: string
  readonly isTemplate: boolean
  readonly error: unknown
  readonly attributes: object | undefined
  /** What another library filled the message from; undefined for a record that is Vigie's own. */
  readonly filledFrom?: string | undefined
}

/** What a record of another library says. */
export interface Told extends Call {
  /** Empty where nobody knows. */
  readonly filledFrom: string
}

/** Whether the arguments are as they mostly are. */
export function isUsual(message: unknown, a: unknown, b: unknown): boolean {
  return typeof message === 'string' && b === undefined && (a === undefined || (typeof a === 'object' && a !== null && isPlain(a)))
}

/** Whether the arguments are a text, an error and perhaps attributes, as they mostly are when something went wrong. */
export function isFailure(message: unknown, a: unknown, b: unknown): boolean {
  if (typeof message !== 'string' || !isObject(a)) return false
  return (b === undefined || (isObject(b) && isPlain(b))) && isError(a)
}

/** Sorts out all arguments of a call. */
export function sorted(severity: number, given: readonly unknown[]): Call {
  const [first, second] = given
  if (typeof first === 'string') return new Sorting(severity, first, true).all(given.slice(1))
  if (!isObject(first)) return new Sorting(severity, messageText(first), false).all(given.slice(1))
  // An object and then a text is the order of pino.
  if (typeof second === 'string') return new Sorting(severity, second, true).all([first, ...given.slice(2)])
  if (isError(first)) {
    const { type, message } = readError(first, new Walk())
    return new Sorting(severity, message || type, false).all(given)
  }
  const text = messageText(first)
  const says = text !== '[object Object]'
  return new Sorting(severity, says ? text : '', false).all(says ? given.slice(1) : given)
}

class Sorting implements Call {
  error: unknown = undefined
  attributes: object | undefined = undefined
  private readonly surplus: unknown[] = []

  constructor(
    private readonly severity: number,
    readonly message: string,
    readonly isTemplate: boolean,
  ) {}

  /** Takes the arguments beside the message. */
  all(rest: readonly unknown[]): Call {
    for (const [i, value] of rest.entries()) {
      if (value === undefined || value === null) continue
      if (i < PLACES) this.put(value, rest[i + 1], i === 0)
      else this.surplus.push(value)
    }
    if (this.surplus.length > 0) this.add({ args: this.surplus })
    return this
  }

  private put(value: unknown, next: unknown, isFirst: boolean): void {
    if (isObject(value)) {
      if (this.error === undefined && isError(value)) this.error = value
      else if (isRecord(value)) this.add(value)
      else this.surplus.push(value)
    } else if (isFirst && this.severity >= CAUGHT && isObject(next) && !isError(next)) this.error = value
    else this.surplus.push(value)
  }

  /** The last value of a name wins at its first place. */
  private add(attributes: object): void {
    if (this.attributes === undefined) this.attributes = attributes
    else this.attributes = Object.fromEntries(keep(keep(null, this.attributes), attributes))
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

const CONTAINERS = [
  types.isDate, ArrayBuffer.isView, types.isAnyArrayBuffer, types.isMap, types.isSet, types.isBoxedPrimitive, types.isRegExp, types.isPromise,
]

/** Whether an object is one of attributes, and not a value like a list or a date. */
function isRecord(value: object): boolean {
  if (isPlain(value)) return true
  if (types.isProxy(value)) return !isList(value)
  if (Array.isArray(value) || isError(value) || CONTAINERS.some((is) => is(value))) return false
  return Object.keys(value).length > 0 || inheritedData(value, 'toString') === Object.prototype.toString
}

/** A revoked proxy does not even tell this. */
function isList(value: object): boolean {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}
