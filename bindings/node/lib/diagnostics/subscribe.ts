// `vigie/channels`: spans and metrics from what libraries publish themselves.

import { httpClient } from './http_client.js'
import { httpServer } from './http_server.js'
import { ioredis } from './ioredis.js'
import { express, fastify } from './routes.js'
import { undici } from './undici.js'

const ALL = [httpServer, httpClient, undici, fastify, express, ioredis] as const

/**
 * Makes spans and metrics, in OpenTelemetry's names, of what libraries publish on `diagnostics_channel`, from here on: requests to
 * and by `node:http`, by undici and `fetch`, routes of Fastify 5 and Express 5, commands of ioredis. Nothing is patched. A library
 * for which an instrumentation for OpenTelemetry is at work is left alone. Again it changes nothing. Returns what ends it. Never throws.
 */
export function subscribe(): () => void {
  for (const one of ALL) one.open()
  return () => {
    for (const one of ALL) one.close()
  }
}
