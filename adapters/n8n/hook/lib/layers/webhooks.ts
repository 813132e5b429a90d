// L6: how long webhooks take to answer, by what Node itself publishes of its HTTP server. The other metrics need no place of their own.

import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { quiet } from '../quiet.js'
import type { Layer } from './layer.js'

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

export const webhooks: Layer = {
  name: 'webhooks',
  install(_host, { metrics }) {
    const { N8N_ENDPOINT_WEBHOOK: webhook = 'webhook', N8N_ENDPOINT_WEBHOOK_TEST: test = 'webhook-test', N8N_PATH: base = '/' } = process.env
    const paths = [webhook, test].map((path) => `${base.replace(/\/$/, '')}/${path}/`)
    const begun = new WeakMap<IncomingMessage, number>()
    subscribe('http.server.request.start', (message) => {
      const { request } = message as Exchange
      if (paths.some((path) => request.url?.startsWith(path))) begun.set(request, performance.now())
    })
    subscribe('http.server.response.finish', (message) => quiet('webhooks', () => {
      const { request, response } = message as Exchange
      const start = begun.get(request)
      if (start !== undefined) metrics.webhook(request.method ?? 'unknown', response.statusCode, (performance.now() - start) / 1000)
    }))
  },
}
