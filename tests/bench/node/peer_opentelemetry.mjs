// @opentelemetry/sdk-trace-node and sdk-metrics: spans to an exporter that drops, a reader that is not read.
import { inPortions, received, receiver } from './receiver.mjs'
import * as api from './through_api.mjs'
import * as varied from './varied.mjs'
import { headers, inTurn, peer } from './workloads.mjs'

/** Spans after which the batch processor is let run: it drops what is over its queue. */
const PORTION = 512

function spans(workload) {
  const depth = workload === 'S2' ? 3 : 1
  const exporter = dropping()
  const { processor, make } = spanLoop(workload, exporter)
  const run = async (total) => {
    for (let done = 0; done < total; done += PORTION) {
      make(Math.min(PORTION, total - done))
      await processor.forceFlush()
    }
  }
  return { run, flush: () => processor.forceFlush(), exported: () => exporter.count / depth }
}

/** E1: the same spans to a server, by its own exporter. */
function exporting() {
  const exporter = sending()
  const { processor, make } = spanLoop('S1', exporter)
  return { run: inPortions(make, () => exporter.count), flush: () => processor.forceFlush(), exported: received }
}

/** Its own exporter, with a count of what has arrived, for the closed loop. */
function sending() {
  const { OTLPTraceExporter } = peer('@opentelemetry/exporter-trace-otlp-proto')
  const exporter = new OTLPTraceExporter({ url: `${receiver}/v1/traces` })
  const counting = {
    count: 0,
    export: (batch, done) =>
      exporter.export(batch, (result) => {
        if (result.code === 0) counting.count += batch.length
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  }
  return counting
}

/** A provider behind the API. */
function registered(exporter) {
  const { NodeTracerProvider, BatchSpanProcessor } = peer('@opentelemetry/sdk-trace-node')
  const { AsyncLocalStorageContextManager } = peer('@opentelemetry/context-async-hooks')
  const processor = new BatchSpanProcessor(exporter, { maxQueueSize: 1 << 16, maxExportBatchSize: PORTION })
  const provider = new NodeTracerProvider({ spanProcessors: [processor] })
  provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() })
  return { provider, processor }
}

/** Counts and drops, without encoding: less work than any real exporter. */
function dropping() {
  const exporter = {
    count: 0,
    export(batch, done) {
      exporter.count += batch.length
      done({ code: 0 })
    },
    shutdown: async () => {},
    forceFlush: async () => {},
  }
  return exporter
}

/** Spans of one request of H1a and H1ao: the server's, the middleware's, the route's. */
const SPANS_OF_REQUEST = 3

/** S1a, M1a, H1a and H1ao: what ours is given, word for word. */
async function throughApi(workload) {
  peer('@opentelemetry/api').metrics.setGlobalMeterProvider(meterProvider())
  if (workload === 'M1a') return api.updates()
  const isServer = workload.startsWith('H')
  const exporter = workload === 'H1ao' ? sending() : dropping()
  const { processor } = registered(exporter)
  const each = isServer ? SPANS_OF_REQUEST : 1
  if (isServer) api.instrumentations()
  const step = isServer ? await api.requests() : api.childSpans()
  const portion = Math.floor(PORTION / each)
  const run = async (total) => {
    for (let done = 0; done < total; done += portion) {
      await step(Math.min(portion, total - done))
      await processor.forceFlush()
    }
  }
  return { run, flush: () => processor.forceFlush(), exported: () => exporter.count / each }
}

function spanLoop(workload, exporter) {
  const { context, trace } = peer('@opentelemetry/api')
  const { provider, processor } = registered(exporter)
  const tracer = provider.getTracer('shop.api')
  const root = trace.setSpan(context.active(), tracer.startSpan('root'))
  const child = (name, i, inside) =>
    tracer.startActiveSpan(name, (span) => {
      span.setAttribute('cart.items', i)
      span.setAttribute('cart.total', 99.5)
      span.setAttribute('cart.tenant', 'acme')
      inside?.()
      span.end()
    })
  const one = (i) => child('child', i)
  const three = (i) => child('outer', i, () => child('middle', i, () => child('inner', i)))
  const linked = tracer.startSpan('linked').spanContext()
  const rich = (i) =>
    tracer.startActiveSpan('child', (span) => {
      span.setAttribute('cart.items', i)
      span.setAttribute('cart.total', 99.5)
      span.setAttribute('cart.customer', varied.CUSTOMER)
      span.setAttribute('cart.express', true)
      span.setAttribute('cart.order_id', varied.ORDER_ID)
      span.setAttribute('cart.tags', varied.TAGS)
      span.addEvent('stock reserved', { warehouse: 'Köln', left: i })
      span.addLink({ context: linked })
      span.end()
    })
  const step = { S1: one, S1v: rich, S2: three }[workload]
  const make = (count) =>
    context.with(root, () => {
      for (let i = 0; i < count; i++) step(i)
    })
  return { processor, make }
}

/** A provider with a reader that is not read. */
function meterProvider() {
  const { MeterProvider, PeriodicExportingMetricReader, InMemoryMetricExporter } = peer('@opentelemetry/sdk-metrics')
  const exporter = new InMemoryMetricExporter(1)
  return new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })] })
}

function metrics(workload) {
  const meter = meterProvider().getMeter('shop.api')
  const counter = meter.createCounter('requests')
  const latency = meter.createHistogram('latency')
  const add = ({ method, route, status }) => counter.add(1, { method, route, status })
  const record = ({ method, route, status }) => latency.record(0.12, { method, route, status })
  return inTurn(workload, workload === 'M2' ? record : add)
}

function propagation(workload) {
  const incoming = headers(workload)
  const { ROOT_CONTEXT, defaultTextMapGetter, defaultTextMapSetter } = peer('@opentelemetry/api')
  const core = peer('@opentelemetry/core')
  const propagator = new core.CompositePropagator({
    propagators: [new core.W3CTraceContextPropagator(), new core.W3CBaggagePropagator()],
  })
  const run = (count) => {
    let carrier
    for (let i = 0; i < count; i++) {
      carrier = {}
      propagator.inject(propagator.extract(ROOT_CONTEXT, incoming, defaultTextMapGetter), carrier, defaultTextMapSetter)
    }
    if (!carrier.traceparent || !carrier.tracestate || !carrier.baggage) throw new Error(JSON.stringify(carrier))
  }
  return { run }
}

export async function makeCase(workload) {
  if (workload.endsWith('a') || workload === 'H1ao') return throughApi(workload)
  return { E: exporting, P: propagation, S: spans, M: metrics }[workload[0]](workload)
}
