// Requests by undici and by `fetch`, which is made of it.

import { ClientSpan, namesSpan } from './client_span.js'
import { methodWords, serverWords, shownUrl, spanName } from '../spans/http_words.js'
import { Subscription } from './subscription.js'

/** As undici publishes it. */
interface Request {
  readonly method: string
  readonly origin: string | URL
  readonly path: string
  readonly headers: string | readonly (string | readonly string[])[]
  addHeader(name: string, value: string): unknown
}

interface Message {
  readonly request: Request
  readonly response?: { readonly statusCode: number }
  readonly error?: unknown
}

const calls = new WeakMap<Request, ClientSpan>()

export const undici = new Subscription<Message>('undici', ['@opentelemetry/instrumentation-undici'], {
  'undici:request:create': begin,
  'undici:request:headers': answered,
  'undici:request:trailers': end,
  'undici:request:error': failed,
})

function begin({ request }: Message): void {
  const origin = String(request.origin)
  const words = methodWords(request.method)
  const { host, protocol } = new URL(origin)
  const server = { 'server.port': protocol === 'https:' ? 443 : 80, ...serverWords(host) }
  const method = words['http.request.method']
  const call = new ClientSpan(spanName(method), 'undici', 'http.client.request.duration', { 'http.request.method': method, ...server }, {
    ...words, ...server, 'url.full': shownUrl(origin, request.path), 'url.scheme': protocol.slice(0, -1),
  })
  calls.set(request, call)
  if (!namesSpan((name) => hasHeader(request.headers, name))) call.inject((name, value) => void request.addHeader(name, value))
}

/** Headers are a list of names and values in turn, one text in older releases. */
function hasHeader(headers: Request['headers'], name: string): boolean {
  if (typeof headers === 'string') return `\r\n${headers.toLowerCase()}`.includes(`\r\n${name}:`)
  return headers.some((entry, place) => place % 2 === 0 && String(entry).toLowerCase() === name)
}

function answered({ request, response }: Message): void {
  const call = calls.get(request)
  if (call === undefined || response === undefined) return
  call.answered({ 'http.response.status_code': response.statusCode })
  if (response.statusCode >= 400) call.failed(undefined, String(response.statusCode))
}

function end({ request }: Message): void {
  calls.get(request)?.end()
}

function failed({ request, error }: Message): void {
  const call = calls.get(request)
  call?.failed(error)
  call?.end()
}
