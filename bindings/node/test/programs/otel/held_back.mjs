// Ends with a span in a batch of the user's own processor.
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { register } from '../../../dist/esm/otel.js'

const exporter = {
  export(spans, done) {
    for (const { name } of spans) console.log(name)
    done({ code: 0 })
  },
  shutdown: async () => {},
}
const { tracerProvider } = register({ service: 's', outputs: [{ to: 'null' }], spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 60_000 })] })
tracerProvider.getTracer('x').startSpan('late').end()
