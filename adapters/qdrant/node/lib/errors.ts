// What an error says without repeating what was asked: its type, its status, and in which phase time ran out.
// The texts of errors are left alone: a server quotes the vectors and payloads that it did not like.
import type { Found } from './attributes.js'
import type { Exchange } from './exchange.js'
import type { Labels } from './instruments.js'
import * as names from './names.js'

/** An error as attributes of the span and labels of the series. */
export interface Described {
  readonly attributes: Found
  readonly labels: Labels
  readonly words: string
}

/** Any value that a call threw. */
export function describe(error: unknown, exchange: Exchange): Described {
  const status = exchange.status !== undefined && Number(exchange.status) >= 400 ? exchange.status : undefined
  const kind = status ?? codeOf(error) ?? nameOf(error)
  const labels: Labels = status === undefined ? { [names.ERROR_TYPE]: kind } : { [names.ERROR_TYPE]: kind, [names.STATUS_CODE]: status }
  const attributes: Found = { ...labels }
  if (/timeout/i.test(kind)) attributes[names.TIMEOUT_PHASE] = kind === 'UND_ERR_CONNECT_TIMEOUT' ? 'connect' : exchange.phase
  return { attributes, labels, words: kind }
}

/** The system's code, which fetch puts on the cause: ECONNREFUSED for example. */
function codeOf(error: unknown): string | undefined {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : undefined
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
