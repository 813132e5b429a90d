// The loops of what goes through the OpenTelemetry API, whoever stands behind it, and a server that is instrumented for it.
import { once } from 'node:events'
import { connect } from 'node:net'

import { inTurn, peer } from './workloads.mjs'

/** A child made current under an open root, three attributes, end. */
export function childSpans() {
  const { context, trace } = peer('@opentelemetry/api')
  const tracer = trace.getTracer('shop.api')
  const root = trace.setSpan(context.active(), tracer.startSpan('root'))
  const one = (i) =>
    tracer.startActiveSpan('child', (span) => {
      span.setAttribute('cart.items', i)
      span.setAttribute('cart.total', 99.5)
      span.setAttribute('cart.tenant', 'acme')
      span.end()
    })
  return (count) =>
    context.with(root, () => {
      for (let i = 0; i < count; i++) one(i)
    })
}

/** A counter with three labels in the call. */
export function updates() {
  const counter = peer('@opentelemetry/api').metrics.getMeter('shop.api').createCounter('requests')
  return inTurn('M1a', ({ method, route, status }) => counter.add(1, { method, route, status }))
}

/** The instrumentations of the server, which have to be made before its libraries are loaded. */
export function instrumentations() {
  const { HttpInstrumentation } = peer('@opentelemetry/instrumentation-http')
  const { ExpressInstrumentation } = peer('@opentelemetry/instrumentation-express')
  return [new HttpInstrumentation(), new ExpressInstrumentation()]
}

const ANSWER = 'HTTP/1.1 200 OK'
/** Requests that are on their way on the one connection. */
const AHEAD = 16

/**
 * Requests to a server by Express with a middleware and a route, over a connection that stays. The caller writes and counts texts,
 * so that what is measured is the server.
 */
export async function requests() {
  const http = peer('node:http')
  const express = peer('express')
  const app = express()
  app.use((request, response, next) => next())
  app.get('/cart/:id', (request, response) => response.end(request.params.id))
  // A span of the server ends when its response is closed, which is after the caller has it.
  let closed = 0
  let allClosed = () => {}
  const server = http.createServer((request, response) => {
    response.once('close', () => --closed || allClosed())
    app(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect(server.address().port, '127.0.0.1').setEncoding('latin1').setNoDelay(true)
  await once(socket, 'connect')
  const request = 'GET /cart/7 HTTP/1.1\r\nHost: shop\r\n\r\n'
  const run = (count) =>
    new Promise((resolve) => {
      closed = count
      allClosed = resolve
      let sent = Math.min(AHEAD, count)
      let answered = 0
      let rest = ''
      const heard = (text) => {
        const parts = (rest + text).split(ANSWER)
        rest = parts.at(-1).slice(-ANSWER.length)
        answered += parts.length - 1
        const more = Math.min(count, answered + AHEAD) - sent
        if (more > 0) socket.write(request.repeat(more))
        sent += Math.max(0, more)
        if (answered === count) socket.off('data', heard)
      }
      socket.on('data', heard)
      socket.write(request.repeat(sent))
    })
  return run
}
