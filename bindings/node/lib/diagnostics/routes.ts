// What frameworks publish of a request to a server of node:http: the route that answers it, and what its handlers throw.

import { failed, routed } from './http_server.js'
import { Subscription } from './subscription.js'

interface FastifyMessage {
  readonly request: { readonly raw: object }
  readonly route: { readonly url?: string }
  readonly error?: unknown
}

/** Since Fastify 5. */
export const fastify = new Subscription<FastifyMessage>('fastify', ['@fastify/otel', '@opentelemetry/instrumentation-fastify'], {
  'tracing:fastify.request.handler:start': ({ request, route }) => {
    if (route.url !== undefined) routed(request.raw, route.url)
  },
  'tracing:fastify.request.handler:error': ({ request, error }) => failed(request.raw, error),
})

interface ExpressMessage {
  readonly req: { readonly baseUrl?: string; readonly route?: { readonly path?: unknown } }
  readonly error?: unknown
}

/** Since the router of Express 5 publishes. */
export const express = new Subscription<ExpressMessage>('express', ['@opentelemetry/instrumentation-express'], {
  'tracing:express.router.request:start': ({ req }) => {
    const { baseUrl = '', route } = req
    if (typeof route?.path === 'string') routed(req, route.path === '/' && baseUrl !== '' ? baseUrl : baseUrl + route.path)
  },
  'tracing:express.router.request:error': ({ req, error }) => failed(req, error),
})
