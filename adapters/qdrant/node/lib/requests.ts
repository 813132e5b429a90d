// How the requests of a call are listened to: by the client's generated functions, which know the server's time, and by
// what undici publishes of each request. Not for what is recorded of them.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { current, state } from './calls.js'
import type { Client } from './calls.js'
import type { Exchange } from './exchange.js'
import { guarded } from './faults.js'

const seen = new WeakSet<object>()

/** Has the functions of a client listened to, from its first call on. */
export function listenTo(client: Client): void {
  const api = client._openApiClient
  if (typeof api !== 'object' || api === null || seen.has(api)) return
  seen.add(api)
  const functions = api as { [name: string]: unknown }
  for (const [name, value] of Object.entries(functions)) {
    if (typeof value === 'function') functions[name] = new Proxy(value, { apply })
  }
}

/** One function of the generated client: `(payload, init?) => Promise<{ data }>`. */
function apply(target: Function, self: unknown, args: unknown[]): unknown {
  const call = state.active ? current.getStore() : undefined
  if (!call) return Reflect.apply(target, self, args)
  const given = guarded('headers', () => withHeaders(args, call.headers())) ?? args
  guarded('request', () => call.exchange.begins())
  const answer: unknown = Reflect.apply(target, self, given)
  if (answer instanceof Promise) {
    answer.then(
      (response: unknown) => guarded('response', () => answered(call.exchange, response)),
      (error: unknown) => guarded('response', () => refused(call.exchange, error)),
    )
  }
  return answer
}

/** The request's own headers go below those of `withHeaders`, so what the program has set itself stays. */
function withHeaders([payload, init, ...rest]: unknown[], headers: { readonly [name: string]: string }): unknown[] {
  const options = (init ?? {}) as { readonly headers?: ConstructorParameters<typeof Headers>[0] }
  const merged = new Headers(options.headers)
  for (const [name, value] of Object.entries(headers)) if (!merged.has(name)) merged.set(name, value)
  return [payload, { ...options, headers: merged }, ...rest]
}

function answered(exchange: Exchange, response: unknown): void {
  const { status, data } = response as { status?: unknown; data?: { time?: unknown } }
  if (typeof status === 'number') exchange.status = String(status)
  if (typeof data?.time === 'number') exchange.worked(data.time)
}

function refused(exchange: Exchange, error: unknown): void {
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined
  if (typeof status === 'number') exchange.status = String(status)
}

/** As much of undici's request as is read. */
interface Request {
  readonly headers?: unknown
  readonly contentLength?: unknown
}

const exchanges = new WeakMap<object, Exchange>()

function text(part: unknown): string {
  return Buffer.isBuffer(part) ? part.toString('latin1') : String(part)
}

/** The value of a header, from undici's list of names and values, or its text of lines. */
function headerOf(headers: unknown, wanted: string): string | undefined {
  const flat = Array.isArray(headers) ? headers : text(headers ?? '').split(/\r\n|: /)
  for (let index = 0; index + 1 < flat.length; index += 2) if (text(flat[index]).toLowerCase() === wanted) return text(flat[index + 1])
  return undefined
}

const listeners: { readonly [channel: string]: (exchange: Exchange, message: { request: Request; response?: { statusCode: number; headers: unknown } }) => void } = {
  'undici:client:sendHeaders': (exchange) => {
    exchange.phase = 'write'
  },
  'undici:request:bodySent': (exchange) => {
    exchange.phase = 'read'
  },
  'undici:request:headers': (exchange, { response }) => {
    exchange.phase = 'read'
    if (!response) return
    exchange.status = String(response.statusCode)
    exchange.retryAfter = headerOf(response.headers, 'retry-after')
    exchange.received += Number(headerOf(response.headers, 'content-length') ?? 0)
  },
}

function created(message: unknown): void {
  const exchange = state.active ? current.getStore()?.exchange : undefined
  if (!exchange) return
  guarded('request', () => {
    const { request } = message as { request: Request }
    exchanges.set(request, exchange)
    exchange.sent += Number(request.contentLength ?? headerOf(request.headers, 'content-length') ?? 0)
  })
}

const subscriptions = new Map<string, (message: unknown) => void>([
  ['undici:request:create', created],
  ...Object.entries(listeners).map(([channel, listen]): [string, (message: unknown) => void] => [
    channel,
    (message) => {
      const exchange = exchanges.get((message as { request: object }).request)
      if (exchange) guarded('request', () => listen(exchange, message as Parameters<typeof listen>[1]))
    },
  ]),
])

/** Listens to what undici publishes, the engine's own and the packages' copies. */
export function listen(): void {
  for (const [channel, listener] of subscriptions) subscribe(channel, listener)
}

/** Listens no longer. */
export function unlisten(): void {
  for (const [channel, listener] of subscriptions) unsubscribe(channel, listener)
}
