// What users of vigie/otel write, with the types of the official packages.
import { context, type Span, trace } from '@opentelemetry/api'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { AlwaysOnSampler, BatchSpanProcessor, InMemorySpanExporter, RandomIdGenerator } from '@opentelemetry/sdk-trace-node'
import { LoggerProvider, MeterProvider, register, type ReadableSpan, type SpanProcessor, TracerProvider } from 'vigie/otel'

const { tracerProvider, shutdown } = register({
  service: 'shop',
  outputs: [{ to: 'null' }],
  serviceName: 'shop',
  instrumentations: [new HttpInstrumentation({ ignoreIncomingRequestHook: () => false }), [new HttpInstrumentation()]],
  spanProcessors: [new BatchSpanProcessor(new InMemorySpanExporter())],
  sampler: new AlwaysOnSampler(),
  idGenerator: new RandomIdGenerator(),
})

class Own implements SpanProcessor {
  onStart(span: ReadableSpan): void {
    span.setAttribute('name', span.name)
  }
  onEnd({ duration: [seconds], parentSpanContext }: ReadableSpan): void {
    void (seconds + (parentSpanContext?.traceFlags ?? 0))
  }
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new Own()] }))
new MeterProvider({ readers: [] }).getMeter('lib').createCounter('n').add(1)
new LoggerProvider().getLogger('lib').emit({ body: 'text' })
const answer: number = tracerProvider.getTracer('lib').startActiveSpan('span', (span: Span): number => {
  span.end()
  return context.with(context.active(), () => 42)
})
void shutdown().then(() => answer)
