// Ours, through the public face, with what it does by default: limits and redaction of keys are on.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

import { inPortions, received, receiver } from './receiver.mjs'
import * as api from './through_api.mjs'
import * as varied from './varied.mjs'
import { BOUND, EXPOSED, LOGGER, MESSAGE, SERIES, headers, inTurn, linesOnDisk, root, sink } from './workloads.mjs'

export const vigie = createRequire(path.join(root, 'bindings/node/package.json'))(path.join(root, 'bindings/node'))

export const configure = (outputs, more) =>
  vigie.init({ service: BOUND.service, version: '1.4.2', outputs: [outputs].flat(), ...more })

/** Records that the last output has written. */
function delivered() {
  const { outputs } = vigie.stats()
  if (outputs.some((output) => Object.keys(output.dropped).length > 0)) throw new Error(JSON.stringify(outputs))
  return outputs.at(-1).delivered
}

/** Everything out, or the numbers are worth nothing. */
export async function flush() {
  if (!(await vigie.flush(30_000))) throw new Error(JSON.stringify(vigie.stats()))
}

/** Runs a loop inside a request's context and span, which give correlation, trace and span id. */
const inside = (loop) => (count) =>
  vigie.withContext({ correlation_id: BOUND.correlation_id }, () => vigie.span('request', {}, () => loop(count)))

function logLoop(workload) {
  const log = vigie.getLogger(LOGGER)
  const info = (count) => {
    for (let i = 0; i < count; i++) {
      log.info(MESSAGE, { method: 'GET', route: '/cart/items', status: 200, bytes: i, duration_ms: 12.75, cached: true })
    }
  }
  const debug = (count) => {
    for (let i = 0; i < count; i++) {
      log.debug(MESSAGE, { method: 'GET', route: '/cart/items', status: 200, bytes: i, duration_ms: 12.75, cached: true })
    }
  }
  const error = varied.declined()
  const rich = (count) => {
    for (let i = 0; i < count; i++) {
      const client = { ip: '2001:db8::17', agent: varied.AGENT }
      const request = { order_id: varied.ORDER_ID, client }
      const { CUSTOMER: customer, NOTE: note, PLACED_AT: placed_at } = varied
      log.info(varied.MESSAGE, error, { customer, note, request, placed_at, items: i })
    }
  }
  return inside({ L0: debug, L1v: rich }[workload] ?? info)
}

function logs(workload) {
  if (workload === 'L1f') fs.rmSync(sink(workload), { force: true })
  const sample = workload === 'L1k' ? { logs: { debug: 0.01, per_second: 1_000_000_000 } } : {}
  configure({ to: 'file', path: sink(workload), signals: ['logs'] }, { level: 'info', sample })
  const run = logLoop(workload)
  return workload === 'L0' ? { run } : { run, flush, exported: workload === 'L1f' ? linesOnDisk : delivered }
}

function spans(workload) {
  configure({ to: 'null' })
  const depth = workload === 'S2' ? 3 : 1
  return { run: spanLoop(workload), flush, exported: () => delivered() / depth }
}

function spanLoop(workload) {
  const child = (name, i, within) =>
    vigie.span(name, {}, (span) => {
      span.setAttribute('cart.items', i)
      span.setAttribute('cart.total', 99.5)
      span.setAttribute('cart.tenant', 'acme')
      within?.()
    })
  const one = (i) => child('child', i)
  const three = (i) => child('outer', i, () => child('middle', i, () => child('inner', i)))
  const linked = vigie.startSpan('linked')
  const rich = (i) =>
    vigie.span('child', {}, (span) => {
      span.setAttribute('cart.items', i)
      span.setAttribute('cart.total', 99.5)
      span.setAttribute('cart.customer', varied.CUSTOMER)
      span.setAttribute('cart.express', true)
      span.setAttribute('cart.order_id', varied.ORDER_ID)
      span.setAttribute('cart.tags', varied.TAGS)
      span.addEvent('stock reserved', { warehouse: 'Köln', left: i })
      span.addLink({ context: linked })
    })
  const step = { S1: one, S1v: rich, S2: three }[workload]
  const open = vigie.startSpan('root')
  return (count) =>
    vigie.withSpan(open, () => {
      for (let i = 0; i < count; i++) step(i)
    })
}

/** E1, and what is recorded with OTLP or, the variant, with a file in its place. */
function exporting(workload, variant) {
  const signals = { L: ['logs'], M: ['metrics'] }[workload[0]] ?? ['spans']
  const file = { to: 'file', path: '/dev/null', signals }
  const otlp = { to: 'otlp', url: receiver, signals }
  const outputs = variant ? file : workload.endsWith('fo') ? [file, otlp] : otlp
  if (workload[0] === 'M') return { ...metrics('M1', outputs), flush }
  configure(outputs)
  const make = workload[0] === 'L' ? logLoop('L1') : spanLoop('S1')
  return { run: inPortions(make, delivered), flush, exported: variant ? delivered : received }
}

function metrics(workload, outputs = { to: 'null', signals: ['logs'] }) {
  configure(outputs, { limits: { series_per_instrument: 4_000 } })
  const counter = vigie.counter('requests')
  const latency = vigie.histogram('latency', { unit: 's' })
  const boundCounter = counter.bind(SERIES[0])
  const boundLatency = latency.bind(SERIES[0])
  const loop = (update) => inTurn(workload, update)
  switch (workload) {
    case 'M1':
    case 'M1v':
      return loop(({ method, route, status }) => counter.add(1, { method, route, status }))
    case 'M2':
      return loop(({ method, route, status }) => latency.record(0.12, { method, route, status }))
    case 'M1b':
      return loop(() => boundCounter.add(1))
    default:
      return loop(() => boundLatency.record(0.12))
  }
}

function propagation(workload) {
  const incoming = headers(workload)
  configure({ to: 'null' })
  const run = (count) => {
    let carrier
    for (let i = 0; i < count; i++) carrier = vigie.extract(incoming, () => vigie.inject({}))
    if (!carrier.traceparent || !carrier.tracestate || !carrier.baggage) throw new Error(JSON.stringify(carrier))
  }
  return { run }
}

/** Spans of one request of H1a and H1ao: the server's, the middleware's, the route's. */
const SPANS_OF_REQUEST = 3

/** S1a, M1a, H1a and H1ao: what the peer is given, word for word. */
async function throughApi(workload) {
  const { register } = createRequire(path.join(root, 'bindings/node/package.json'))(path.join(root, 'bindings/node/dist/cjs/otel.js'))
  const output = workload === 'H1ao' ? { to: 'otlp', url: receiver } : { to: 'null' }
  register({ service: BOUND.service, outputs: [{ ...output, signals: ['spans'] }], instrumentations: workload.startsWith('H') ? api.instrumentations() : [] })
  if (workload === 'M1a') return api.updates()
  if (workload === 'S1a') return { run: api.childSpans(), flush, exported: delivered }
  return { run: await api.requests(), flush, exported: () => delivered() / SPANS_OF_REQUEST }
}

/** X1: one series changes between two expositions. */
function exposition() {
  configure({ to: 'null' }, { limits: { series_per_instrument: 2 * EXPOSED } })
  const counter = vigie.counter('requests')
  for (let i = 0; i < EXPOSED; i++) counter.add(1, { method: 'GET', route: `/item/${i}`, status: '200' })
  const run = (count) => {
    let text
    for (let i = 0; i < count; i++) {
      counter.add(1, { method: 'GET', route: '/item/7', status: '200' })
      text = vigie.metricsText()
    }
    const series = text.split('route="/item/').length - 1
    if (series !== EXPOSED) throw new Error(`${series} series`)
  }
  return { run }
}

export async function makeCase(workload, variant) {
  if (workload.endsWith('a') || workload === 'H1ao') return throughApi(workload)
  if (workload === 'E1' || workload.endsWith('o')) return exporting(workload, variant)
  return { L: logs, S: spans, M: metrics, P: propagation, X: exposition }[workload[0]](workload)
}
