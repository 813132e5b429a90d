// Requests by node:http. Node before 22.12 publishes nothing until the headers are out, so that there they carry no context.

import type { ClientRequest, IncomingMessage } from 'node:http'
import { ClientSpan, namesSpan } from './client_span.js'
import { methodWords, serverWords, shownUrl, spanName } from '../spans/http_words.js'
import { reading, Subscription } from './subscription.js'

const LIBRARY = 'node:http'

interface Message {
  readonly request: ClientRequest
  readonly response?: IncomingMessage
  readonly error?: unknown
}

const calls = new WeakMap<ClientRequest, ClientSpan>()

export const httpClient = new Subscription<Message>('requests by node:http', ['@opentelemetry/instrumentation-http'], {
  'http.client.request.created': begin,
  'http.client.request.start': begin,
  'http.client.response.finish': answered,
  'http.client.request.error': failed,
})

function begin({ request }: Message): void {
  if (calls.has(request)) return
  const words = methodWords(request.method)
  const server = serverWords(String(request.getHeader('host') ?? request.host))
  const method = words['http.request.method']
  const call = new ClientSpan(spanName(method), LIBRARY, 'http.client.request.duration', { 'http.request.method': method, ...server }, {
    ...words, ...server, 'url.full': shownUrl(`${request.protocol}//${String(request.getHeader('host') ?? request.host)}`, request.path),
    'user_agent.original': request.getHeader('user-agent'),
  })
  calls.set(request, call)
  if (!request.headersSent && !namesSpan((name) => request.hasHeader(name))) call.inject((name, value) => request.setHeader(name, value))
  request.once('close', () => reading(LIBRARY, () => call.end()))
}

function answered({ request, response }: Message): void {
  const call = calls.get(request)
  const status = response?.statusCode
  if (call === undefined || status === undefined) return
  call.answered({ 'http.response.status_code': status, 'network.protocol.version': response?.httpVersion ?? '' })
  if (status >= 400) call.failed(undefined, String(status))
}

function failed({ request, error }: Message): void {
  calls.get(request)?.failed(error)
}
