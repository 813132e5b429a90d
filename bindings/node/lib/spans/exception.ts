// What is told of an exception that a span records, as an event or as a record.

import type { ContextImpl } from '../context/context.js'
import { current, toEnter } from '../context/current.js'
import { emitFor } from '../logs/logger.js'
import type { Instant } from '../runtime/instant.js'
import type { Attributes } from '../types.js'
import { keep } from '../values/kept.js'

/** The name of the event, of the span or of the record. */
export const EXCEPTION = 'exception'
const ERROR = 17

/** What is told of an exception wherever it is told of. */
export interface Told {
  readonly type: string
  readonly message: string
}

/** The attributes of the event (OpenTelemetry semantic conventions, exceptions). */
export function eventOf(parts: Told & { readonly stack: string }): object {
  const told: { [key: string]: unknown } = { 'exception.type': parts.type }
  if (parts.message !== '') told['exception.message'] = parts.message
  if (parts.stack !== '') told['exception.stacktrace'] = parts.stack
  return told
}

/** What the status of a span says of an exception: its type and its message, or the one that there is. */
export function statusMessage({ type, message }: Told): string {
  if (type === '') return message
  return message === '' ? type : `${type}: ${message}`
}

/** Writes the record, in the span's context and under the name of its scope. */
export function logException(
  span: { readonly context: ContextImpl; readonly scope: string },
  error: unknown,
  parts: Told,
  given: Attributes | undefined,
  time: Instant | undefined,
): void {
  const attributes = Object.fromEntries(keep(keep(null, { event: EXCEPTION }), given))
  const call = { message: statusMessage(parts), isTemplate: false, error, attributes }
  current.run(toEnter(span.context), emitFor, span.scope, ERROR, call, time?.us)
}
