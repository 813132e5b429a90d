// What a request is, whatever version of the SDK brings it, and the attributes that say so.
// Not for its outcome: see outcome.ts.

import { type Members, members } from './carrier.js'
import * as names from './names.js'
import type { Side } from './names.js'
import { settings } from './settings.js'
import { sizeOf } from './size.js'

/** One request of a client or a server. */
export interface Request {
  readonly side: Side
  readonly method: string
  readonly params: Members
  readonly requestId?: unknown
  readonly sessionId?: unknown
  readonly protocolVersion?: unknown
  readonly transport?: string | undefined
  readonly isHttp?: boolean
}

const METHODS = new Set(names.METHODS)

/** The tool or the prompt that is asked for. */
export function targetOf({ method, params }: Request): string | undefined {
  const { name } = params
  return typeof name === 'string' && (method === 'tools/call' || method === 'prompts/get') ? name : undefined
}

/** The name of the span, as the conventions have it. */
export function nameOf(request: Request): string {
  const target = targetOf(request)
  return target === undefined ? request.method : `${request.method} ${target}`
}

/** The method as a label: a peer may send any text. */
export function methodLabel({ method }: Request): string {
  return METHODS.has(method) ? method : names.OTHER
}

/** What a span and a log line say of it. */
export function attributesOf(request: Request): Record<string, unknown> {
  const { method, params, requestId } = request
  const said: Record<string, unknown> = { [names.METHOD]: method }
  const optional = { [names.PROTOCOL_VERSION]: request.protocolVersion, [names.SESSION_ID]: request.sessionId, [names.TRANSPORT]: request.transport }
  for (const [key, value] of Object.entries(optional)) if (typeof value === 'string' && value !== '') said[key] = value
  if (request.isHttp === true) said[names.PROTOCOL] = names.HTTP
  if (requestId !== undefined && requestId !== null) said[names.REQUEST_ID] = String(requestId)
  const target = targetOf(request)
  if (method === 'tools/call') {
    said[names.OPERATION] = names.EXECUTE_TOOL
    if (target !== undefined) said[names.TOOL] = target
    Object.assign(said, argumentsOf(params['arguments']))
  } else if (target !== undefined) {
    said[names.PROMPT] = target
  } else if (method.startsWith('resources/') && typeof params['uri'] === 'string') {
    said[names.RESOURCE_URI] = params['uri']
  }
  return said
}

function argumentsOf(given: unknown): Record<string, unknown> {
  if (settings.capture === 'off' || typeof given !== 'object' || given === null) return {}
  const said: Record<string, unknown> = { [names.ARGUMENT_NAMES]: Object.keys(given), [names.ARGUMENT_SIZE]: sizeOf(given) }
  if (settings.capture === 'full') said[names.ARGUMENTS] = cut(given, settings.captureBytes)
  return said
}

/**
 * A copy of `value` with at most `limit` bytes of text and about as many members. It stays a structure, so that Vigie can
 * mask a secret by its key.
 */
export function cut(value: unknown, limit: number): unknown {
  return cutWith(value, { left: limit })
}

function cutWith(value: unknown, budget: { left: number }): unknown {
  if (typeof value === 'string') {
    const room = Math.max(budget.left, 0)
    budget.left -= Buffer.byteLength(value)
    // A character that the limit divides is left out.
    return budget.left >= 0 ? value : `${new TextDecoder().decode(Buffer.from(value).subarray(0, room), { stream: true })}…`
  }
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (const item of value) {
      budget.left -= 1
      if (budget.left <= 0) break
      items.push(cutWith(item, budget))
    }
    return items
  }
  if (typeof value === 'object' && value !== null) {
    const copy: Record<string, unknown> = {}
    for (const [key, item] of Object.entries(members(value))) {
      budget.left -= key.length
      if (budget.left <= 0) break
      copy[key] = cutWith(item, budget)
    }
    return copy
  }
  budget.left -= 4
  return value
}
