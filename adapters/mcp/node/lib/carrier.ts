// The trace context of a message: the keys of `params._meta` that the protocol reserves for it (SEP-414).
// Not for HTTP headers: those belong to the transport's request, which is another span.

import * as vigie from 'vigie'
import { CARRIED } from './names.js'

export type Members = { readonly [key: string]: unknown }

/** The context that a message brings, or undefined where it brings no usable one. */
export function contextIn(meta: unknown): vigie.Context | undefined {
  const given = members(meta)
  const carried: Record<string, string> = {}
  for (const key of CARRIED) {
    const value = given[key]
    if (typeof value === 'string') carried[key] = value
  }
  if (carried['traceparent'] === undefined) return undefined
  const around = vigie.currentContext()
  const context = vigie.contextFrom(carried)
  // Without a usable header the context is the current one.
  const isTaken = context.traceId !== undefined && (context.isRemote || context.spanId !== around.spanId)
  return isTaken ? context : undefined
}

/** A copy of a request's parameters that carries the span. The caller's own are left as they are. */
export function withContext(params: unknown, span: vigie.Span): Members {
  const headers: Record<string, string> = vigie.inject({}, span)
  const given = members(params)
  const meta: Record<string, unknown> = { ...members(given['_meta']) }
  for (const key of CARRIED) if (headers[key] !== undefined) meta[key] = headers[key]
  // A trace state belongs to the trace that it came with.
  if (headers['traceparent'] !== undefined && headers['tracestate'] === undefined) delete meta['tracestate']
  return Object.keys(meta).length > 0 ? { ...given, _meta: meta } : given
}

/** The members of an object; none of anything else. */
export function members(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {}
}
