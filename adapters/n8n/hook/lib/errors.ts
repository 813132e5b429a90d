// An error of n8n as it is recorded: without the node, the request and the answer that n8n's errors carry along.

import { typeOf } from './failures.js'

/** An error with the same type, message and stack, and nothing besides. */
export function bare(error: unknown): Error {
  if (typeof error === 'string') return stripped('Error', error, undefined)
  const { message, stack } = (error ?? {}) as { readonly message?: unknown; readonly stack?: unknown }
  return stripped(typeOf(error), typeof message === 'string' ? message : 'unknown', typeof stack === 'string' ? stack : undefined)
}

/** The HTTP status that the far side answered with, if the error tells one. */
export function httpStatus(error: unknown): number | undefined {
  const { httpCode } = (error ?? {}) as { readonly httpCode?: unknown }
  const status = Number(httpCode ?? Number.NaN)
  return Number.isInteger(status) ? status : undefined
}

function stripped(name: string, message: string, stack: string | undefined): Error {
  const error = new Error(message)
  error.name = name
  if (stack === undefined) delete error.stack
  else error.stack = stack
  return error
}
