// What a request says of itself, whichever of HTTP/1.1 and the compatibility face of HTTP/2 it came by.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { methodWords, serverWords, type Words } from '../spans/http_words.js'

/** What is known of a request at its beginning. */
export interface Asked {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly scheme: string
  readonly host: string
  readonly version: string
  readonly address: string | undefined
  readonly agent: string | undefined
  /** The size of the body as its header tells it. */
  readonly length: number | undefined
}

/** What is known of a response at its end. */
export interface Answer {
  readonly status: number
  /** Whether its head went out. */
  readonly hasBegun: boolean
  /** Whether a response of this kind has a body. */
  readonly hasBody: boolean
}

/** What frameworks say of a request beyond that: whom it comes from, by the proxies that they trust. */
interface Trusting {
  readonly ip?: unknown
  readonly protocol?: unknown
}

/** Reads a request. `shown` is what the framework has for it. */
export function askedBy(request: IncomingMessage, shown: unknown): Asked {
  const { headers, method = '', httpVersion, socket } = request
  // A framework that mounts parts of a program cuts the URL.
  const url = (request as { originalUrl?: unknown }).originalUrl ?? request.url
  const target = typeof url === 'string' ? url : '/'
  const query = target.indexOf('?')
  const { ip, protocol } = (shown ?? {}) as Trusting
  const isSecure = (socket as { encrypted?: unknown } | undefined)?.encrypted === true
  const agent = headers['user-agent']
  const length = headers['content-length']
  return {
    method,
    path: query < 0 ? target : target.slice(0, query),
    headers,
    scheme: typeof protocol === 'string' ? protocol : isSecure ? 'https' : 'http',
    host: headers.host ?? textOf(headers[':authority']),
    version: httpVersion,
    address: typeof ip === 'string' ? ip : socket?.remoteAddress,
    agent: typeof agent === 'string' ? agent : undefined,
    length: length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined,
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** What a span says of a request (OpenTelemetry semantic conventions, "HTTP server span"). */
export function told(asked: Asked): Words {
  const words: Words = { ...methodWords(asked.method), 'url.path': asked.path, 'url.scheme': asked.scheme }
  const server = serverWords(asked.host)['server.address']
  if (server !== undefined) words['server.address'] = server
  if (asked.address !== undefined) words['client.address'] = asked.address
  if (asked.agent !== undefined) words['user_agent.original'] = asked.agent
  words['network.protocol.version'] = asked.version
  return words
}

/** Statuses of responses without a body. */
const BODILESS: ReadonlySet<number> = new Set([204, 304])

/** Reads a response. */
export function answerOf(response: ServerResponse, method: string): Answer {
  const { statusCode, headersSent } = response
  return { status: statusCode, hasBegun: headersSent, hasBody: method !== 'HEAD' && !BODILESS.has(statusCode) }
}
