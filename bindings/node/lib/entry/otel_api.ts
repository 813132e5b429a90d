// Everything that stands behind the OpenTelemetry API, by name. Not for users to import: ../otel.ts is.

export { ContextManager } from '../opentelemetry/current.js'
export { LoggerProvider } from '../opentelemetry/logger_provider.js'
export { MeterProvider } from '../opentelemetry/meter_provider.js'
export { Propagator } from '../opentelemetry/propagator.js'
export { register } from '../opentelemetry/register.js'
export { start } from '../opentelemetry/start.js'
export { TracerProvider } from '../opentelemetry/tracer_provider.js'
