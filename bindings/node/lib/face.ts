// Everything that the package offers, by name.
// Not for users to import: lib/index.ts makes sure that a process has it only once.

export { metricsText, stats } from './collect.js'
export { currentContext, withContext } from './current.js'
export { ConfigError } from './errors.js'
export { counter, gauge, histogram, upDownCounter } from './instruments.js'
export { flush, flushSync, init, reconfigure, shutdown } from './lifecycle.js'
export { getLogger } from './logger.js'
export { contextFrom, extract, inject } from './propagation.js'
export { span, startSpan, withSpan } from './tracer.js'
export { capture, memoryLines } from './captures.js'
