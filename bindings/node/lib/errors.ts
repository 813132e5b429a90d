// Errors: the one that set-up throws, and how any thrown value is read for a record.
// Not for catching: lib/lifecycle.ts has the hook for uncaught ones.

import { types } from 'node:util'
import type { ConfigProblem } from './types.js'
import { Walk } from './walk.js'

/** A configuration or instrument that cannot be used. Lists every problem at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'VIGIE_CONFIG'
  readonly problems: readonly ConfigProblem[]

  constructor(message: string, problems: readonly ConfigProblem[]) {
    super(message)
    this.problems = problems
  }
}

/** Makes a call of set-up; what the core throws against its arguments is thrown on as a `ConfigError`. */
export function setUp<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    const { message, problems } = error as { message: string; problems?: ConfigProblem[] }
    throw problems === undefined ? error : new ConfigError(message, problems)
  }
}

/** Whether this is an error, of this realm or another. */
export function isError(value: object): value is Error {
  return types.isNativeError(value) || (!types.isProxy(value) && value instanceof Error)
}

/** What a line tells of an error. Empty texts are left out. */
export interface ErrorParts {
  readonly type: string
  readonly message: string
  readonly stack: string
  readonly cause: unknown
}

function property(value: object, key: string, walk: Walk): unknown {
  // `name` and `message` may be inherited, and `stack` is an accessor on some engines: all by plain reading.
  return walk.call(() => (value as { [key: string]: unknown })[key])
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A subclass that sets no name of its own is known by its class. */
function typeOf(value: object, walk: Walk): string {
  const name = textOf(property(value, 'name', walk))
  if (name !== '' && name !== 'Error') return name
  const made = walk.call(() => (value as { constructor?: { name?: unknown } }).constructor?.name)
  return textOf(made) || name || 'Error'
}

/** The engine formats a stack when it is first read, which may take its time (source maps): outside of the budget. */
function stackOf(value: object, walk: Walk): string {
  if (!types.isNativeError(value)) return textOf(property(value, 'stack', walk))
  try {
    return textOf(value.stack)
  } catch {
    return ''
  }
}

/** Reads an error, running its accessors within the budget of the record. */
export function readError(value: object, walk: Walk): ErrorParts {
  const type = typeOf(value, walk)
  const message = textOf(property(value, 'message', walk))
  const stack = stackOf(value, walk)
  const cause = property(value, 'cause', walk)
  return { type, message, stack, cause: cause === Walk.THREW || cause === null ? undefined : cause }
}

/** Anything can be thrown: what is no error has its kind for a type and its text for a message. */
export function readThrown(value: unknown, text: (value: unknown) => string, walk: Walk): ErrorParts {
  if (typeof value === 'object' && value !== null && isError(value)) return readError(value, walk)
  return { type: value === null ? 'null' : typeof value, message: text(value), stack: '', cause: undefined }
}
