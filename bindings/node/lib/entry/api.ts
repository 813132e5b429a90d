// Everything that the package offers, by name.
// Not for users to import: index.ts and testing.ts are, and singleton.ts sees to it that a process has this only once.

export { contextFrom, extract, inject } from '../context/propagation.js'
export { currentContext, withContext } from '../context/current.js'
export { metricsText, stats } from '../life/books.js'
export { capture, memoryLines } from '../life/capture.js'
export { flush, flushSync, init, reconfigure, shutdown } from '../life/lifecycle.js'
import '../life/signals.js'
export { getLogger } from '../logs/logger.js'
export { counter, gauge, histogram, upDownCounter } from '../metrics/instruments.js'
export { genaiCost } from '../runs/cost.js'
export { Runs } from '../runs/runs.js'
export { ConfigError } from '../runtime/config_error.js'
export { wrapHandler } from '../serverless/wrap_handler.js'
export { traced } from '../spans/traced.js'
export { currentSpan, span, startSpan, withSpan } from '../spans/tracer.js'
