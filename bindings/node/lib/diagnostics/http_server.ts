// Requests that servers of node:http get: the span of each is current in its handlers.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { SpanKind } from '../batch/wire.js'
import { emptyContext } from '../context/context.js'
import { current, toEnter } from '../context/current.js'
import { contextOver } from '../context/propagation.js'
import { monotonic } from '../runtime/clock.js'
import { make } from '../spans/make.js'
import type { SpanImpl } from '../spans/span.js'
import type { Carrier } from '../types.js'
import { seconds } from './durations.js'
import { errorType, methodWords, pathWords, serverWords, spanName, type Words } from '../spans/http_words.js'
import { reading, Subscription } from './subscription.js'

const LIBRARY = 'node:http'

interface Message {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** A request that is being answered. */
interface Served {
  readonly span: SpanImpl
  readonly began: number
  readonly method: string
  /** What its metric is counted by. */
  readonly labels: Words
  error: unknown
}

const served = new WeakMap<object, Served>()

export const httpServer = new Subscription<Message>('servers of node:http', ['@opentelemetry/instrumentation-http'], {
  'http.server.request.start': begin,
})

function begin({ request, response }: Message): void {
  const { headers, httpVersion, socket } = request
  const words = methodWords(request.method)
  const method = words['http.request.method']
  // What was current as the connection came, or in the request before on it, is not what this one came of.
  const came = contextOver(emptyContext(), headers as Carrier)
  const scheme = 'encrypted' in socket ? 'https' : 'http'
  const { remoteAddress: address, remotePort: port } = socket
  const attributes = {
    ...words, ...pathWords(request.url ?? ''), 'url.scheme': scheme, ...serverWords(headers.host ?? ''),
    'network.protocol.version': httpVersion, 'network.peer.address': address, 'network.peer.port': port,
    'client.address': address, 'user_agent.original': headers['user-agent'],
  }
  const span = make(spanName(method), SpanKind.SERVER, LIBRARY, came, came, null, undefined, attributes).setAttributes(attributes)
  const labels = { 'http.request.method': method, 'url.scheme': scheme, 'network.protocol.version': httpVersion }
  served.set(request, { span, began: monotonic(), method, labels, error: undefined })
  response.once('close', () => reading(LIBRARY, () => end(request, response)))
  // The handlers run in this same turn; what the connection does later belongs to this request until the next one.
  current.enterWith(toEnter(span.context))
}

/** The answer is out, or the caller went away. */
function end(request: IncomingMessage, response: ServerResponse): void {
  const found = served.get(request)
  if (found === undefined) return
  served.delete(request)
  const { span, labels, error, began } = found
  const { statusCode, headersSent, writableFinished } = response
  const hasFailed = !writableFinished || statusCode >= 500
  const told: Words = headersSent ? { 'http.response.status_code': statusCode } : {}
  if (hasFailed) {
    told['error.type'] = error !== undefined ? errorType(error) : writableFinished ? String(statusCode) : 'aborted'
    if (error !== undefined) span.recordException(error)
    span.setStatus('error')
  }
  span.setAttributes(told).end()
  seconds('http.server.request.duration', 'Duration of HTTP server requests.').record((monotonic() - began) / 1000, { ...labels, ...told })
}

/** Says by which route a request is answered. What handles an error afterwards is not on its route. */
export function routed(request: object, route: string): void {
  const found = served.get(request)
  if (found === undefined || found.error !== undefined) return
  found.labels['http.route'] = route
  found.span.setAttribute('http.route', route).updateName(spanName(found.method, route))
}

/** Says what went wrong in the handlers of a request. */
export function failed(request: object, error: unknown): void {
  const found = served.get(request)
  if (found !== undefined) found.error = error
}
