// Everything that the author of a node, and the hook, take from here.

export { failureOf } from './failure.js'
export * from './record.js'
export { type Given, type OpenSpan, Telemetry } from './telemetry.js'
export { type Host, send, sourceOf } from './transport.js'
export { withTelemetry } from './with_telemetry.js'
