// Vigie behind the OpenTelemetry API: one tree, what is said to a span and read of it, propagation, samplers and processors of the
// user, metrics, logs. Not for where the context goes: see otel_context.test.mjs.
import {
  context, createContextKey, createTraceState, INVALID_SPAN_CONTEXT, metrics, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace,
} from '@opentelemetry/api'
import { logs, SeverityNumber } from '@opentelemetry/api-logs'
import {
  AlwaysOffSampler, AlwaysOnSampler, BatchSpanProcessor, InMemorySpanExporter, ParentBasedSampler, SimpleSpanProcessor, TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node'
import { InMemoryLogRecordExporter, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { AggregationTemporality, InMemoryMetricExporter, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as vigie from '../dist/esm/index.js'
import { LoggerProvider, MeterProvider, register, TracerProvider } from '../dist/esm/otel.js'
import { captured, esm, lines, root, run } from './helper.mjs'

const registered = register({ service: 'otel', outputs: [{ to: 'null' }] })
const tracer = trace.getTracer('shop.cart', '1.2')
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

const spansOf = (all) => all.filter(({ kind }) => kind === 'span')
const logsOf = (all) => all.filter(({ kind }) => kind === undefined)
const recorded = async (work) => spansOf(await captured(vigie, work))

test('again it changes nothing', () => {
  assert.equal(register(), registered)
  assert.equal(trace.getTracerProvider().getDelegate(), registered.tracerProvider)
})

test('spans of both faces form one tree', async () => {
  const all = await captured(vigie, () => tracer.startActiveSpan('outer', (outer) => {
    assert.equal(trace.getActiveSpan(), outer)
    assert.equal(vigie.currentSpan().context.spanId, outer.spanContext().spanId)
    vigie.span('native', (native) => {
      const current = trace.getActiveSpan()
      assert.deepEqual([current.spanContext().spanId, current.name], [native.context.spanId, 'native'])
      assert.equal(trace.getActiveSpan(), current, 'one object for a span')
      current.setAttribute('said', 'from outside')
      tracer.startActiveSpan('inner', (inner) => {
        vigie.getLogger('x').info('here')
        inner.end()
      })
    })
    assert.equal(trace.getActiveSpan(), outer)
    vigie.withContext({ user: 'u' }, () => assert.equal(trace.getActiveSpan(), outer))
    outer.end()
  }))
  assert.equal(trace.getActiveSpan(), undefined)
  assert.equal(context.active(), ROOT_CONTEXT)
  const [inner, native, outer] = spansOf(all)
  assert.deepEqual([inner.parent_span_id, native.parent_span_id, outer.parent_span_id], [native.span_id, outer.span_id, undefined])
  assert.deepEqual(native.attributes, { said: 'from outside' })
  assert.equal(logsOf(all)[0].span_id, inner.span_id)
  assert.equal(new Set(all.map((line) => line.trace_id)).size, 1)
  assert.equal(outer.scope, 'shop.cart')
})

test('what is said to a span, and read of it', async () => {
  const [line] = await recorded(() => {
    const linked = tracer.startSpan('linked')
    const many = Array.from({ length: 40 }, (_, i) => i)
    const span = tracer.startSpan('first', {
      kind: SpanKind.CLIENT, attributes: { a: 1, list: [1, 2], nothing: null, many },
      links: [{ context: linked.spanContext(), attributes: { why: 'so' } }], startTime: [1_700_000_000, 5],
    })
    assert.ok(span.isRecording())
    span.setAttributes({ b: 2.5 }).setAttribute('a', 3).setAttribute('', 1)
    span.addEvent('event', { n: 1 }, new Date(1_700_000_000_500)).addEvent('bare', [1_700_000_000, 7])
    span.addLinks([{ context: linked.spanContext() }, { context: INVALID_SPAN_CONTEXT }])
    span.updateName('second')
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'why' }).setStatus({ code: SpanStatusCode.UNSET })
    assert.deepEqual([span.name, span.kind, span.parentSpanContext, span.ended], ['second', SpanKind.CLIENT, undefined, false])
    assert.deepEqual([span.endTime, span.duration], [[0, 0], [-1, -1]])
    span.end([1_700_000_001, 6])
    span.end()
    span.setAttribute('late', 1)
    assert.ok(!span.isRecording() && span.ended)
    assert.deepEqual(span.attributes, { a: 3, list: [1, 2], many, b: 2.5 })
    assert.deepEqual([span.startTime, span.endTime, span.duration], [[1_700_000_000, 5], [1_700_000_001, 6], [1, 1]])
    assert.deepEqual(span.status, { code: SpanStatusCode.ERROR, message: 'why' })
    assert.deepEqual(span.events.map(({ name, time, attributes }) => [name, time, attributes]), [
      ['event', [1_700_000_000, 500_000_000], { n: 1 }], ['bare', [1_700_000_000, 7], {}],
    ])
    assert.deepEqual(span.links.map((link) => [link.context.spanId, link.attributes]), [
      [linked.spanContext().spanId, { why: 'so' }], [linked.spanContext().spanId, undefined],
    ])
    assert.deepEqual([span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount], [0, 0, 0])
    assert.deepEqual([span.instrumentationScope.name, span.instrumentationScope.version], ['shop.cart', '1.2'])
  })
  assert.deepEqual([line.name, line.span_kind, line.duration_ns, line.status, line.status_message], ['second', 'client', 1_000_000_001, 'error', 'why'])
  assert.deepEqual(Object.keys(line.attributes), ['a', 'list', 'many', 'b'])
  assert.deepEqual(line.events.map(({ name }) => name), ['event', 'bare'])
  assert.deepEqual(line.links.map(({ attributes }) => attributes), [{ why: 'so' }, undefined])
})

test('an exception has the type that the official SDK gives it', async () => {
  const [line] = await recorded(() => {
    const span = tracer.startSpan('failing')
    span.recordException(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
    span.recordException(new RangeError('far'))
    span.recordException('a text')
    span.recordException({})
    span.end()
  })
  const told = line.events.map(({ attributes }) => [attributes['exception.type'], attributes['exception.message'], typeof attributes['exception.stacktrace']])
  assert.deepEqual(told, [['ECONNREFUSED', 'refused', 'string'], ['RangeError', 'far', 'string'], [undefined, 'a text', 'undefined']])
  assert.equal(line.status, 'unset')
})

test('times of the monotonic clock are times', async () => {
  const [line] = await recorded(() => {
    const before = performance.now() - 3
    tracer.startSpan('timed', { startTime: before }).end(before + 2)
  })
  assert.equal(Math.round(line.duration_ns / 1e6), 2)
  assert.ok(Math.abs(Date.parse(line.timestamp) - Date.now()) < 60_000)
})

test('a context that is given, and a new root', async () => {
  const spans = await recorded(() => tracer.startActiveSpan('current', (current) => {
    const root = tracer.startSpan('root', {}, ROOT_CONTEXT)
    tracer.startSpan('below', {}, trace.setSpan(context.active(), root)).end()
    tracer.startSpan('by option', { root: true }).end()
    tracer.startActiveSpan('in it', {}, trace.setSpan(ROOT_CONTEXT, root), (span) => {
      assert.equal(vigie.currentContext().spanId, span.spanContext().spanId)
      span.end()
    })
    root.end()
    current.end()
  }))
  const by = Object.fromEntries(spans.map((line) => [line.name, line]))
  assert.deepEqual([by.root, by['by option']].map((line) => line.parent_span_id), [undefined, undefined])
  assert.deepEqual([by.below, by['in it']].map((line) => line.parent_span_id), [by.root.span_id, by.root.span_id])
  assert.equal(new Set([by.root, by['by option'], by.current].map((line) => line.trace_id)).size, 3)
})

test('baggage is the same in both, and so are other keys', () => {
  const key = createContextKey('a key')
  const bag = propagation.createBaggage({ plan: { value: 'gold' } })
  context.with(propagation.setBaggage(context.active().setValue(key, 7), bag), () => {
    assert.equal(propagation.getActiveBaggage(), bag)
    vigie.span('span', () => {
      assert.deepEqual(vigie.currentContext().baggage, new Map([['plan', 'gold']]))
      assert.equal(vigie.inject({}).baggage, 'plan=gold')
      assert.equal(context.active().getValue(key), 7, 'it goes through a span of the other face')
      assert.equal(context.active().deleteValue(key).getValue(key), undefined)
      vigie.withContext({ user: 'u' }, () => assert.equal(context.active().getValue(key), 7, 'and through attributes'))
      vigie.withContext({}, () => assert.equal(context.active().getValue(key), 7, 'and through more baggage'), { baggage: { more: '1' } })
      vigie.extract({ traceparent: TRACEPARENT, baggage: 'far=1' }, () => assert.equal(context.active().getValue(key), 7, 'and behind a carrier'))
    })
  })
  assert.deepEqual(vigie.currentContext().baggage, new Map())
  vigie.withContext({}, () => assert.deepEqual(propagation.getActiveBaggage().getAllEntries(), [['tier', { value: 'one' }]]), { baggage: { tier: 'one' } })
})

test('propagation', async () => {
  const came = { traceparent: TRACEPARENT, tracestate: 'a=b', baggage: 'x=y', 'x-correlation-id': 'c-1' }
  const headers = {}
  const all = await captured(vigie, () => tracer.startActiveSpan('current', (current) => {
    const extracted = propagation.extract(ROOT_CONTEXT, came)
    assert.equal(trace.getSpan(propagation.extract(ROOT_CONTEXT, {})), undefined)
    assert.equal(propagation.extract(extracted, {}), extracted)
    const { isRemote, traceState, spanId } = trace.getSpanContext(extracted)
    assert.deepEqual([isRemote, traceState.serialize(), spanId], [true, 'a=b', TRACEPARENT.slice(36, 52)])
    assert.equal(propagation.getBaggage(extracted).getEntry('x').value, 'y')
    tracer.startActiveSpan('server', { kind: SpanKind.SERVER }, extracted, (server) => {
      vigie.getLogger('x').info('inside')
      propagation.inject(context.active(), headers)
      assert.deepEqual(server.parentSpanContext.isRemote, true)
      server.end()
    })
    const again = {}
    propagation.inject(extracted, again)
    assert.deepEqual([again.traceparent, again.baggage], [TRACEPARENT, 'x=y'])
    current.end()
  }))
  const [server] = spansOf(all)
  assert.equal(headers.traceparent, `00-${TRACEPARENT.slice(3, 35)}-${server.span_id}-01`)
  assert.equal(headers.tracestate, 'a=b')
  assert.deepEqual([logsOf(all)[0].trace_id, logsOf(all)[0].correlation_id], [TRACEPARENT.slice(3, 35), 'c-1'])
  assert.equal(server.parent_span_id, TRACEPARENT.slice(36, 52))
  assert.ok(propagation.fields().includes('traceparent'))
})

test('what exports is not traced', async () => {
  const suppressed = context.active().setValue(createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true)
  const spans = await recorded(() => context.with(suppressed, () => {
    tracer.startActiveSpan('export', (span) => {
      assert.ok(!span.isRecording())
      span.end()
    })
    const headers = {}
    propagation.inject(context.active(), headers)
    assert.deepEqual(headers, {})
  }))
  assert.deepEqual(spans, [])
})

test('span processors see what there is, and a fault in them goes no further', async () => {
  const exporter = new InMemorySpanExporter()
  const seen = []
  class Watching extends SimpleSpanProcessor {
    onStart(span, around) {
      seen.push([span.name, span.parentSpanContext?.spanId, trace.getSpan(around)?.name])
    }
  }
  const failing = () => {
    throw new Error('in a processor')
  }
  const broken = { onStart: failing, onEnd: failing, forceFlush: failing, shutdown: async () => failing() }
  const provider = new TracerProvider({ spanProcessors: [broken, new Watching(exporter), new BatchSpanProcessor(new InMemorySpanExporter())] })
  const own = provider.getTracer('lib', '2')
  const all = await captured(vigie, async () => {
    own.startActiveSpan('outer', { attributes: { list: [1] } }, (outer) => {
      outer.addEvent('event', { n: 1 })
      own.startActiveSpan('inner', (inner) => inner.end())
      outer.end()
    })
    await provider.forceFlush()
  })
  const [inner, outer] = exporter.getFinishedSpans()
  assert.deepEqual(seen, [['outer', undefined, undefined], ['inner', outer.spanContext().spanId, 'outer']])
  assert.deepEqual([outer.attributes, outer.events[0].name, inner.parentSpanContext.spanId], [{ list: [1] }, 'event', outer.spanContext().spanId])
  assert.ok(outer.ended && outer.duration[0] >= 0 && outer.endTime[0] > 0)
  assert.ok('service.name' in outer.resource.attributes, 'the official default')
  assert.deepEqual(spansOf(all).map(({ name }) => name), ['inner', 'outer'])
  assert.deepEqual(logsOf(all).map(({ message, whose }) => [message, whose]), [['a span processor failed; more of that is not told', 'span processor']])
  await provider.shutdown()
})

test('ids and sampling may be the user\'s business', async () => {
  let last = 0
  const hex = (length) => (++last).toString(16).padStart(length, '0')
  const counting = { generateTraceId: () => hex(32), generateSpanId: () => hex(16) }
  const [child, parent] = await recorded(() => {
    const own = new TracerProvider({ idGenerator: counting }).getTracer('lib')
    own.startActiveSpan('root', (span) => {
      own.startSpan('child').end()
      span.end()
    })
  })
  assert.deepEqual([parent.span_id, parent.trace_id], ['1'.padStart(16, '0'), '2'.padStart(32, '0')])
  assert.deepEqual([child.trace_id, child.parent_span_id], [parent.trace_id, parent.span_id])

  const samplers = [[new AlwaysOnSampler(), true], [new AlwaysOffSampler(), false], [new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0) }), false]]
  for (const [sampler, kept] of samplers) {
    const all = await captured(vigie, () => new TracerProvider({ sampler }).getTracer('lib').startActiveSpan('sampled', (span) => {
      assert.equal(span.isRecording(), kept)
      assert.equal(vigie.currentContext().sampled, kept)
      vigie.getLogger('x').info('in it')
      assert.equal(vigie.currentContext().traceId, span.spanContext().traceId)
      span.end()
    }))
    assert.deepEqual(spansOf(all).map(({ name }) => name), kept ? ['sampled'] : [])
    assert.equal(logsOf(all)[0].trace_id.length, 32)
  }

  const state = createTraceState('k=v')
  const telling = { shouldSample: () => ({ decision: 2, attributes: { told: 1 }, traceState: state }), toString: () => 'telling' }
  const [told] = await recorded(() => {
    const span = new TracerProvider({ sampler: telling }).getTracer('lib').startSpan('told', { attributes: { own: 2 } })
    assert.equal(span.spanContext().traceState.serialize(), 'k=v')
    span.end()
  })
  assert.deepEqual(told.attributes, { own: 2, told: 1 })
})

test('what a sampler does wrong is not the program\'s', async () => {
  const sampler = { shouldSample() { throw new Error('in a sampler') } }
  const all = await captured(vigie, () => {
    const span = new TracerProvider({ sampler }).getTracer('lib').startSpan('span')
    assert.ok(span.isRecording(), 'Vigie decides in its place')
    span.end()
  })
  assert.deepEqual(spansOf(all).map(({ name }) => name), ['span'])
  assert.deepEqual(logsOf(all).map(({ whose }) => whose), ['sampler or generator of ids'])
})

test('metrics', () => {
  const meter = metrics.getMeter('lib')
  const counter = meter.createCounter('otel.requests', { unit: '1', description: 'requests' })
  counter.add(2, { 'http.method': 'GET' })
  counter.add(1)
  meter.createUpDownCounter('otel.open').add(-2, { a: 1 })
  meter.createHistogram('otel.size', { unit: 'By', advice: { explicitBucketBoundaries: [10, 100] } }).record(12)
  meter.createGauge('otel.level').record(4)
  const totals = [7, 9, 9]
  const total = meter.createObservableCounter('otel.total')
  const ask = (result) => result.observe(totals.shift() ?? 9, { k: 'v' })
  total.addCallback(ask)
  meter.createObservableGauge('otel.now').addCallback((result) => result.observe(5))
  const down = meter.createObservableUpDownCounter('otel.waiting')
  const batch = (result) => result.observe(down, 3)
  meter.addBatchObservableCallback(batch, [down])
  meter.createObservableGauge('otel.broken').addCallback(() => Promise.reject(new Error('no')))
  const text = vigie.metricsText().split('\n')
  for (const line of [
    'otel_requests_total{http_method="GET"} 2', 'otel_requests_total 1', 'otel_open{a="1"} -2', 'otel_size_bucket{le="10.0"} 0',
    'otel_size_bucket{le="100.0"} 1', 'otel_level 4', 'otel_total{k="v"} 7', 'otel_now 5', 'otel_waiting 3',
  ]) assert.ok(text.includes(line), `${line} in\n${text.join('\n')}`)
  assert.ok(vigie.metricsText().split('\n').includes('otel_total{k="v"} 9'), 'totals are told, not differences')
  total.removeCallback(ask)
  meter.removeBatchObservableCallback(batch, [down])
  assert.ok(vigie.metricsText().includes('otel_total{k="v"} 9'))
})

test('what stands in braces is no unit, and so no conflict', async () => {
  const all = await captured(vigie, () => {
    metrics.getMeter('one').createUpDownCounter('otel.pending', { unit: '{request}' }).add(1)
    metrics.getMeter('other').createUpDownCounter('otel.pending', { unit: '{connection}' }).add(2)
  })
  assert.deepEqual(logsOf(all), [])
  assert.ok(vigie.metricsText().split('\n').includes('otel_pending 3'))
})

test('tracers and meters that were asked for before are Vigie\'s afterwards', async () => {
  const { stdout } = await run(['--input-type=module', '-e', `
    import { metrics, trace } from '@opentelemetry/api'
    import { logs } from '@opentelemetry/api-logs'
    const tracer = trace.getTracer('early')
    const counter = () => metrics.getMeter('early').createCounter('otel.early').add(1)
    const logger = logs.getLogger('early')
    tracer.startSpan('lost').end()
    const { register } = await import(${JSON.stringify(esm.replace('index.js', 'otel.js'))})
    register({ service: 's', outputs: [{ to: 'console', stream: 'stdout', signals: ['logs', 'spans', 'metrics'] }] })
    tracer.startActiveSpan('kept', (span) => {
      logger.emit({ body: 'kept' })
      counter()
      span.end()
    })
    await (await import(${JSON.stringify(esm)})).flush()`])
  const said = new Set(lines(stdout).map(({ kind = 'log', name, message }) => `${kind} ${name ?? message}`))
  assert.deepEqual([...said].sort(), ['log kept', 'metric otel.early', 'span kept'], 'metrics are written again at the end')
})

test('an instrument that cannot be measures nothing and says so', async () => {
  const all = await captured(vigie, () => {
    const meter = metrics.getMeter('lib')
    meter.createCounter('otel.twice').add(1)
    meter.createHistogram('otel.twice').record(1)
    meter.createCounter('not a name').add(1)
  })
  assert.deepEqual(logsOf(all).map(({ level }) => level), ['WARN', 'WARN'])
  assert.match(logsOf(all)[0].why, /otel\.twice/)
})

test('readers and views of the user see the same', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 })
  const provider = new MeterProvider({ readers: [reader], views: [{ instrumentName: 'otel.viewed', name: 'seen' }] })
  provider.getMeter('lib').createCounter('otel.viewed').add(3, { kept: 1 })
  provider.getMeter('lib').createObservableGauge('otel.asked').addCallback((result) => result.observe(4))
  await provider.forceFlush()
  const found = exporter.getMetrics()[0].scopeMetrics[0].metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints[0].value])
  assert.deepEqual(found.sort(), [['otel.asked', 4], ['seen', 3]])
  assert.ok(vigie.metricsText().includes('otel_viewed_total{kept="1"} 3'))
  await provider.shutdown()
})

test('logs have the context that is current, or the one given', async () => {
  const logger = logs.getLogger('app.log')
  const all = await captured(vigie, () => tracer.startActiveSpan('job', (span) => {
    const outside = trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACEPARENT.slice(3, 35), spanId: TRACEPARENT.slice(36, 52), traceFlags: 1 })
    logger.emit({ body: 'in {it}', severityNumber: SeverityNumber.WARN2, severityText: 'warning', attributes: { it: 1 } })
    logger.emit({ body: 'elsewhere', context: outside, timestamp: 1_700_000_000_123, eventName: 'order.placed' })
    logger.emit({ body: { deep: [1] }, severityNumber: SeverityNumber.ERROR, exception: new TypeError('no') })
    assert.deepEqual([logger.enabled({ severityNumber: SeverityNumber.INFO }), logger.enabled({ severityNumber: SeverityNumber.DEBUG })], [true, false])
    logger.emit({ body: 'too fine', severityNumber: SeverityNumber.DEBUG })
    span.end()
  }))
  const [first, second, third] = logsOf(all)
  const [span] = spansOf(all)
  assert.deepEqual([first.message, first.level, first.logger, first.it, first.span_id], ['in {it}', 'WARN', 'app.log', 1, span.span_id])
  assert.deepEqual([second.span_id, second.timestamp, second.event, second.level], [TRACEPARENT.slice(36, 52), '2023-11-14T22:13:20.123000Z', 'order.placed', 'INFO'])
  assert.deepEqual([third.message, third.body, third.error.type, third.level], ['', { deep: [1] }, 'TypeError', 'ERROR'])
  assert.equal(logsOf(all).length, 3)
})

test('log record processors of the user see the same', async () => {
  const exporter = new InMemoryLogRecordExporter()
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] })
  const all = await captured(vigie, () => provider.getLogger('lib').emit({ body: 'both', severityNumber: SeverityNumber.INFO }))
  await provider.forceFlush()
  assert.deepEqual([exporter.getFinishedLogRecords().map(({ body }) => body), logsOf(all).map(({ message }) => message)], [['both'], ['both']])
  await provider.shutdown()
})

test('nothing that is said wrongly throws', async () => {
  const hostile = new Proxy({}, { ownKeys() { throw new Error('in a trap') }, get() { throw new Error('in a trap') } })
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const nothings = [undefined, null, 7, 'text', Symbol('s'), [], () => {}, hostile, revoked.proxy, { get a() { throw new Error('in a getter') } }]
  const spans = await recorded(() => {
    for (const wrong of nothings) {
      const span = tracer.startSpan(wrong, wrong, ROOT_CONTEXT)
      const quiet = [
        () => span.setAttribute(wrong, wrong), () => span.setAttributes(wrong), () => span.addEvent(wrong, wrong, wrong), () => span.addLink(wrong),
        () => span.addLink({ context: wrong, attributes: wrong }), () => span.addLinks(wrong), () => span.setStatus(wrong), () => span.setStatus({ code: wrong, message: wrong }),
        () => span.updateName(wrong), () => span.recordException(wrong, wrong), () => span.spanContext(), () => span.end(wrong),
        () => tracer.startSpan('odd', { attributes: wrong, links: wrong, startTime: wrong, kind: wrong, root: wrong }).end(),
        () => tracer.startSpan('odd', {}, wrong).end(),
        () => metrics.getMeter('lib').createCounter('otel.odd').add(wrong, wrong),
        () => metrics.getMeter('lib').createHistogram(wrong, wrong).record(wrong, wrong, wrong),
        () => logs.getLogger(wrong).emit(wrong), () => logs.getLogger('l').emit({ body: wrong, attributes: wrong, timestamp: wrong, severityNumber: wrong, context: wrong, eventName: wrong }),
        () => propagation.extract(ROOT_CONTEXT, wrong), () => propagation.inject(ROOT_CONTEXT, wrong),
        () => trace.getTracer(wrong, wrong, wrong).startSpan('x').end(),
        () => new TracerProvider({ sampler: wrong ?? undefined, spanProcessors: [wrong] }).getTracer('x').startSpan('x').end(),
      ]
      for (const [place, call] of quiet.entries()) assert.doesNotThrow(call, `call ${place} with ${typeof wrong}`)
    }
  })
  assert.ok(spans.length > 20)
})

test('nothing of OpenTelemetry is loaded that nobody asked for', async () => {
  const program = `
    import { createRequire } from 'node:module'
    import ${JSON.stringify(esm)}
    const { cache } = createRequire(import.meta.url)
    const loaded = () => [...new Set(Object.keys(cache).flatMap((path) => /node_modules\\/(@opentelemetry\\/[^/]+)/.exec(path)?.[1] ?? []))]
    console.log(loaded().join())
    const { register, TracerProvider } = await import(${JSON.stringify(esm.replace('index.js', 'otel.js'))})
    register({ service: 's', outputs: [{ to: 'null' }] }).tracerProvider.getTracer('x').startActiveSpan('span', (span) => span.end())
    console.log(loaded().join())`
  const { stdout, stderr } = await run(['--input-type=module', '-e', program])
  assert.deepEqual([stderr, stdout], ['', '\n@opentelemetry/api,@opentelemetry/api-logs\n'])
})

test('settings of register are those of init, options those of the official NodeSDK', async () => {
  const program = (options) => `
    import { register } from ${JSON.stringify(esm.replace('index.js', 'otel.js'))}
    import * as vigie from ${JSON.stringify(esm)}
    try { register(${options}) } catch (error) { console.log(error.name, error.message) }
    vigie.getLogger('x').info('here')
    await vigie.flush()`
  const wrong = await run(['--input-type=module', '-e', program('{ levle: "info" }')])
  assert.match(wrong.stdout, /^ConfigError .*levle/)
  const options = '{ serviceName: "cart", resource: { attributes: { "service.name": "no", "service.version": "1.2" } }, autoDetectResources: false, outputs: [{ to: "console", stream: "stdout" }] }'
  const { stdout } = await run(['--input-type=module', '-e', program(options)])
  assert.deepEqual(lines(stdout).map(({ service, version }) => [service, version]), [['cart', '1.2']])
})

test('a missing API is told with its cure', async () => {
  const { stderr } = await run(['--input-type=module', '-e', `
    import { register } from ${JSON.stringify(esm.replace('index.js', 'otel.js'))}
    register({ outputs: [{ to: 'null' }] })`], { env: { NODE_OPTIONS: `--require ${root}/test/programs/otel/without_api.cjs` } })
  assert.match(stderr, /vigie\/otel needs the package @opentelemetry\/api/)
})

test('what a processor holds back is out at the end', async () => {
  const { stdout, stderr } = await run(['otel/held_back.mjs'])
  assert.deepEqual([stdout, stderr], ['late\n', ''])
})

test('records of pino and winston that come by a bridge come once, and that is said once', async () => {
  for (const [how, expected] of [
    ['bridged', [['pino', 'by pino'], ['winston', 'by winston']]],
    ['alone', [['@opentelemetry/instrumentation-pino', 'by pino'], ['@opentelemetry/winston-transport', 'by winston']]],
  ]) {
    const { stdout, stderr, code } = await run(['otel/bridged.cjs', how])
    assert.deepEqual([stderr, code], ['', 0])
    const logs = stdout.trim().split('\n').map((line) => JSON.parse(line))
    const [own, told] = [logs.filter(({ logger }) => logger !== 'vigie.otel'), logs.filter(({ logger }) => logger === 'vigie.otel')]
    assert.deepEqual(own.map(({ logger, message }) => [logger, message]), expected)
    for (const line of own) assert.deepEqual([line.span_id, line.a, line.trace_id_, line.trace_flags], [own[0].span_id, 1, undefined, undefined])
    assert.deepEqual(told.map(({ bridge }) => bridge), how === 'bridged' ? ['vigie/pino', 'vigie/winston'] : [])
  }
})
