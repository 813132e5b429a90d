// How an error, or any other thrown value, is read for a record.

import { types } from 'node:util'
import { Most } from '../batch/wire.js'
import { namesOf, quietly, Walk } from './budget.js'
import { className, messageText } from './describe.js'

/** Whether this is an error, of this realm or another. */
export function isError(value: object): value is Error {
  return types.isNativeError(value) || (!types.isProxy(value) && value instanceof Error)
}

/** What a line tells of an error. Empty texts stand for what it does not have. */
export interface ErrorParts {
  readonly type: string
  readonly message: string
  readonly stack: string
  readonly cause: unknown
  /** The members of an aggregate. */
  readonly errors: readonly unknown[]
  /** The names of what else it says of itself. */
  readonly own: readonly string[]
}

const NOTHING: readonly never[] = []

/** An error that another library has made texts of. */
export class ToldError implements ErrorParts {
  // Asked for by name, which no proxy hears: `instanceof` throws on one that was revoked.
  readonly #told = true
  readonly cause = undefined
  readonly errors = NOTHING
  readonly own = NOTHING

  constructor(
    readonly type: string,
    readonly message: string,
    readonly stack: string,
  ) {}

  static is(value: object): value is ToldError {
    return #told in value
  }

  /** An error by its stack, which begins with its name and its message; `message` where that is known better. */
  static ofStack(stack: string, message?: string): ToldError {
    const head = /^(?:Uncaught )?([\w$.]+)(?:: ([^]*?))?(?:\n\s+at |$)/.exec(stack)
    return new ToldError(head?.[1] ?? 'Error', message ?? head?.[2] ?? '', stack)
  }
}

/** A property, inherited or not. Reading data takes no time of the budget. */
function property(value: object, key: string, walk: Walk): unknown {
  let at: object | null = value
  try {
    for (let climbed = 0; at !== null && climbed < 100; climbed++) {
      const found = Object.getOwnPropertyDescriptor(at, key)
      if (found !== undefined) return found.get === undefined ? found.value : answer(value, found.get, walk)
      at = Object.getPrototypeOf(at) as object | null
    }
  } catch {
    return Walk.THREW
  }
  return undefined
}

/** An error without a name and a message would tell nothing, so accessors that give them are always called. */
function answer(value: object, get: () => unknown, walk: Walk): unknown {
  return walk.always(() => get.call(value))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The name of an error. A subclass that sets no name of its own is known by its class. */
function typeOf(value: object, walk: Walk): string {
  const name = textOf(property(value, 'name', walk))
  if (name !== '' && name !== 'Error') return name
  // The class of most errors. No other class can have this prototype.
  if (Object.getPrototypeOf(value) === Error.prototype && !Object.hasOwn(value, 'constructor')) return name || 'Error'
  return className(value) || name || 'Error'
}

/** The engine formats a stack when it is first read. That may take its time (source maps), so it does not count in the budget. */
function stackOf(value: object, walk: Walk): string {
  if (!types.isNativeError(value)) return textOf(property(value, 'stack', walk))
  try {
    return textOf(value.stack)
  } catch {
    return ''
  }
}

/** Parts with a key of their own. */
const PARTS: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause'])

/** What an error says of itself beside the parts that every error has: data of its own, no code. */
function ownOf(value: object, hasMembers: boolean): readonly string[] {
  const names = namesOf(value)
  if (names.length === 0) return NOTHING
  const own = names.filter((key) => {
    if (PARTS.has(key) || (hasMembers && key === 'errors')) return false
    const data = quietly<unknown>(undefined, () => Object.getOwnPropertyDescriptor(value, key)?.value)
    return data !== undefined && typeof data !== 'function'
  })
  return own.length === 0 ? NOTHING : own
}

/** The members of an aggregate. An `errors` that holds no error is data like any other. */
function membersOf(value: object, type: string): readonly unknown[] {
  if (type !== 'SuppressedError' && !Object.hasOwn(value, 'errors')) return NOTHING
  return quietly<readonly unknown[]>(NOTHING, () => {
    const data = (key: string): unknown => Object.getOwnPropertyDescriptor(value, key)?.value as unknown
    if (type === 'SuppressedError') return [data('error'), data('suppressed')].filter((one) => one !== undefined)
    const errors = data('errors')
    if (!Array.isArray(errors)) return NOTHING
    const first: readonly unknown[] = errors.slice(0, Most.MEMBERS)
    const areErrors = type === 'AggregateError' || first.some((one) => typeof one === 'object' && one !== null && isError(one))
    return areErrors ? first : NOTHING
  })
}

/** Reads an error, running its accessors within the budget of the record. */
export function readError(value: object, walk: Walk): ErrorParts {
  const type = typeOf(value, walk)
  const message = textOf(property(value, 'message', walk))
  const stack = stackOf(value, walk)
  const cause = property(value, 'cause', walk)
  const errors = membersOf(value, type)
  const isAbsent = cause === Walk.THREW || cause === null
  return { type, message, stack, cause: isAbsent ? undefined : cause, errors, own: ownOf(value, errors !== NOTHING) }
}

/** Reads anything that was thrown. What is no error has its kind or class for a type. Its text is the message, or its properties tell more. */
export function readThrown(value: unknown, walk: Walk): ErrorParts {
  if (typeof value !== 'object' || value === null) {
    const type = value === null ? 'null' : typeof value
    return { type, message: messageText(value), stack: '', cause: undefined, errors: NOTHING, own: NOTHING }
  }
  if (ToldError.is(value)) return value
  if (isError(value)) return readError(value, walk)
  const own = ownOf(value, false)
  const said = property(value, 'message', walk)
  const message = typeof said === 'string' ? said : own.length > 0 ? '' : messageText(value)
  return { type: className(value) || 'object', message, stack: '', cause: undefined, errors: NOTHING, own }
}
