// The hooks in the SDK's class `Protocol`, of which every version and every copy has one: what it sends, what it is asked,
// and its end. Not for finding the copies: see find.ts.

import * as vigie from 'vigie'
import { members, withContext } from './carrier.js'
import { fault, quiet } from './faults.js'
import * as names from './names.js'
import type { Side } from './names.js'
import { Operation } from './operation.js'
import { type Outcome, ofCode, ofError, ofResult } from './outcome.js'
import type { Request } from './request.js'
import * as sessions from './sessions.js'

type Any = any
type Method = (this: Any, ...all: Any[]) => Any
type Handler = (request: Any, extra: Any) => Any

/** Whether a function of ours is in force. One that could not be taken out stays off, when others are put in too. */
interface Switch {
  on: boolean
}

interface Replaced {
  readonly prototype: Any
  readonly force: Switch
  readonly name: string
  readonly original: Method
  readonly ours: Method
}

const replaced: Replaced[] = []
/** The protocol's version where the SDK does not say it: what the handshake agreed on. */
const versions = new WeakMap<object, unknown>()

/** Where a class keeps what sends a request, and at which place of its arguments the request stands. */
const SENDERS = [
  { name: '_requestWithSchemaViaCodec', length: 4, at: 1 },
  { name: 'request', length: 3, at: 0 },
] as const

/**
 * Puts the hooks into the `Protocol` that a class is or extends. Again, nothing. Throws a `TypeError` where the class is not
 * as it is known to us; nothing has changed then.
 */
export function hook(type: unknown): void {
  const prototype = protocolOf(type)
  if (replaced.some((one) => one.prototype === prototype)) return
  const sender = SENDERS.find(({ name }) => typeof prototype[name] === 'function')
  const shapes = [['_onrequest', 2], ['_onclose', 0], [sender?.name ?? 'request', sender?.length ?? 3]] as const
  for (const [name, length] of shapes) {
    // What another library wraps has none of its own.
    if (typeof prototype[name] === 'function' && (prototype[name].length === length || prototype[name].length === 0)) continue
    throw new TypeError(`the class Protocol of the MCP SDK has no method ${name} of ${length} arguments`)
  }
  replace(prototype, sender?.name ?? 'request', (original, on) => sending(original, on, sender?.at ?? 0))
  replace(prototype, '_onrequest', answering)
  replace(prototype, '_onclose', closing)
}

/** Puts the originals back. What another library has wrapped meanwhile is left as it is, and ours inside of it does nothing. */
export function giveBack(): void {
  for (const { prototype, name, original, ours, force } of replaced.splice(0).reverse()) {
    force.on = false
    if (prototype[name] === ours) prototype[name] = original
  }
}

function protocolOf(type: unknown): Any {
  for (let one: Any = (type as Any)?.prototype; one != null; one = Object.getPrototypeOf(one)) {
    if (Object.hasOwn(one, '_onrequest')) return one
  }
  throw new TypeError('a class was given that neither is nor extends the class Protocol of the MCP SDK')
}

function replace(prototype: Any, name: string, make: (original: Method, force: Switch) => Method): void {
  const original: Method = prototype[name]
  const force = { on: true }
  const ours = make(original, force)
  for (const key of ['name', 'length'] as const) Object.defineProperty(ours, key, { value: original[key], configurable: true })
  prototype[name] = ours
  replaced.push({ prototype, name, original, ours, force })
}

function sending(original: Method, force: Switch, at: number): Method {
  return function (...all) {
    const begun = force.on ? quiet('hook.sending', undefined, () => beginSending(this, all, at)) : undefined
    if (begun === undefined) return original.apply(this, all)
    const { operation, method, signal, carried } = begun
    const failed = (error: unknown): never => {
      operation.end(() => ofError(error, signal?.aborted === true))
      throw error
    }
    let answer: Promise<unknown>
    try {
      answer = vigie.withSpan(operation.span, () => original.apply(this, carried))
    } catch (error) {
      return failed(error)
    }
    // A promise of its own, so that an answer that nobody waits for is told as it would be without us.
    return answer.then((result) => {
      quiet('hook.agreed', undefined, () => agreed(this, method, result))
      operation.end(() => ofResult(method, result))
      return result
    }, failed)
  }
}

function beginSending(protocol: Any, all: readonly Any[], at: number) {
  const asked = all[at]
  const { method } = asked
  const { signal } = members(all[at + 2]) as { signal?: AbortSignal }
  sessions.seen(sideOf(protocol), protocol)
  const meta = members(members(asked.params)['_meta'])
  const operation = new Operation({ side: 'client', method, params: members(asked.params), ...where(protocol, meta) })
  const params = quiet('hook.carry', asked.params, () => withContext(asked.params, operation.span))
  return { operation, method, signal, carried: all.toSpliced(at, 1, { ...asked, params }) }
}

function answering(original: Method, force: Switch): Method {
  return function (asked, extra) {
    const operation = force.on ? quiet('hook.answering', undefined, () => beginAnswering(this, asked)) : undefined
    if (operation === undefined) return original.call(this, asked, extra)
    const found = watched(this, asked.method, operation)
    try {
      return original.call(this, asked, extra)
    } finally {
      found.leave()
      // Without a handler the answer is on its way already: there is none of this name, or the message was not accepted.
      if (!found.handled()) operation.end(() => found.asked() ? ofCode(-32601, 'Method not found') : { errorType: names.OTHER })
    }
  }
}

function beginAnswering(protocol: Any, asked: Any): Operation {
  const meta = members(asked.params?._meta)
  const about = where(protocol, meta)
  const side = sideOf(protocol)
  // Over HTTP a server without sessions has an instance for each request.
  if (side === 'server' && about.isHttp && about.sessionId === undefined) sessions.seenAlone(side)
  else sessions.seen(side, protocol)
  return new Operation({ side: 'server', method: asked.method, params: members(asked.params), requestId: asked.id, ...about }, meta)
}

/** Wraps the handler that the SDK takes for this method while it looks: there is no other place where it is known. */
function watched(protocol: Any, method: string, operation: Operation) {
  const handlers: Map<string, Handler> = protocol._requestHandlers
  let isAsked = false
  let isHandled = false
  const isOwn = Object.hasOwn(handlers, 'get')
  if (handlers instanceof Map && !isOwn) {
    handlers.get = (name) => {
      const handler = Map.prototype.get.call(handlers, name) as Handler | undefined
      if (name !== method) return handler
      isAsked = true
      const taken = handler ?? (protocol.fallbackRequestHandler as Handler | undefined)
      isHandled = taken !== undefined
      return taken && handling(taken, protocol, method, operation)
    }
  } else {
    fault('hook.watched', new TypeError('the MCP SDK does not keep its request handlers in a Map'))
  }
  return {
    asked: () => isAsked,
    handled: () => isHandled,
    leave: () => {
      if (!isOwn) delete (handlers as { get?: unknown }).get
    },
  }
}

function handling(handler: Handler, protocol: Any, method: string, operation: Operation): Handler {
  return async (request, extra) => {
    const isCancelled = (): boolean => (extra?.signal ?? extra?.mcpReq?.signal)?.aborted === true
    const end = (outcome: () => Outcome): void => operation.end(() => (isCancelled() ? ofError(undefined, true) : outcome()))
    try {
      const result = await vigie.withSpan(operation.span, () => handler.call(protocol, request, extra))
      quiet('hook.agreed', undefined, () => agreed(protocol, method, result))
      end(() => ofResult(method, result))
      return result
    } catch (error) {
      end(() => ofError(error, false))
      throw error
    }
  }
}

function agreed(protocol: object, method: string, result: unknown): void {
  if (method === 'initialize') versions.set(protocol, members(result)['protocolVersion'])
}

function closing(original: Method): Method {
  return function (...all) {
    // Also when it is off: what was open is closed.
    quiet('hook.closing', undefined, () => sessions.closed(this))
    return original.apply(this, all)
  }
}

/** A client offers to call tools; what else is a protocol is a server. */
function sideOf(protocol: Any): Side {
  return typeof protocol.callTool === 'function' ? 'client' : 'server'
}

type Where = Pick<Request, 'sessionId' | 'protocolVersion' | 'transport'> & { readonly isHttp: boolean }

function where(protocol: Any, meta: ReturnType<typeof members>): Where {
  const transport = protocol.transport
  const kind = String(transport?.constructor?.name)
  const isHttp = /http|sse/i.test(kind)
  return {
    sessionId: transport?.sessionId,
    protocolVersion: meta[names.PROTOCOL_VERSION_META] ?? protocol._negotiatedProtocolVersion ?? versions.get(protocol),
    transport: isHttp || /websocket/i.test(kind) ? names.TCP : /stdio/i.test(kind) ? names.PIPE : undefined,
    isHttp,
  }
}
