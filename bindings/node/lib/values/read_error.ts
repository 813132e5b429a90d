// How an error, or any other thrown value, is read for a record.

import { types } from 'node:util'
import { Walk } from './budget.js'
import { messageText } from './describe.js'

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
}

function property(value: object, key: string, walk: Walk): unknown {
  // `name` and `message` may be inherited, and `stack` is an accessor in some engines, so all of them are simply read.
  return walk.call(() => (value as { [key: string]: unknown })[key])
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The name of an error. A subclass that sets no name of its own is known by its class. */
function typeOf(value: object, walk: Walk): string {
  const name = textOf(property(value, 'name', walk))
  if (name !== '' && name !== 'Error') return name
  const made = walk.call(() => (value as { constructor?: { name?: unknown } }).constructor?.name)
  return textOf(made) || name || 'Error'
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

/** Reads an error, running its accessors within the budget of the record. */
export function readError(value: object, walk: Walk): ErrorParts {
  const type = typeOf(value, walk)
  const message = textOf(property(value, 'message', walk))
  const stack = stackOf(value, walk)
  const cause = property(value, 'cause', walk)
  return { type, message, stack, cause: cause === Walk.THREW || cause === null ? undefined : cause }
}

/** Reads anything that was thrown. What is no error has its kind for a type and its text for a message. */
export function readThrown(value: unknown, walk: Walk): ErrorParts {
  if (typeof value === 'object' && value !== null && isError(value)) return readError(value, walk)
  return { type: value === null ? 'null' : typeof value, message: messageText(value), stack: '', cause: undefined }
}
