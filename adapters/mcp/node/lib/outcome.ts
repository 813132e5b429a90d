// What became of a request: its error type, as the conventions name it, and its result.
// Not for the request: see request.ts.

import { members } from './carrier.js'
import * as names from './names.js'

/** How a request ended. Without an error type it went well. */
export interface Outcome {
  readonly errorType?: string
  readonly code?: string
  readonly message?: string
  readonly error?: unknown
  readonly result?: unknown
}

const CODES = new Set(names.CODES.map(String))

/** The error type as a label: a peer may send any number as a code. */
export function errorLabel({ errorType, code }: Outcome): string | undefined {
  return code !== undefined && !CODES.has(code) ? names.OTHER : errorType
}

/** The code as a label. */
export function codeLabel({ code }: Outcome): string | undefined {
  return code === undefined || CODES.has(code) ? code : names.OTHER
}

/** The outcome of a request that was answered. A tool says in its result that it failed. */
export function ofResult(method: string, result: unknown): Outcome {
  const isFailed = method === 'tools/call' && members(result)['isError'] === true
  return isFailed ? { errorType: names.TOOL_ERROR, result } : { result }
}

/** The outcome of a request that was answered with an error of the protocol. */
export function ofCode(code: number, message?: string): Outcome {
  return { errorType: String(code), code: String(code), ...(message !== undefined && { message }) }
}

/** The outcome of a request that ended in an error, as the SDK answers or throws it. */
export function ofError(error: unknown, isCancelled: boolean): Outcome {
  if (isCancelled) return { errorType: names.CANCELLED, error }
  const { code, message, name } = members(error)
  const text = typeof message === 'string' ? { message } : {}
  if (Number.isSafeInteger(code)) return { ...ofCode(code as number), ...text, error }
  if (code === 'REQUEST_TIMEOUT') return { errorType: names.TIMEOUT, ...text, error }
  return { errorType: typeof name === 'string' && name !== '' ? name : names.OTHER, ...text, error }
}
