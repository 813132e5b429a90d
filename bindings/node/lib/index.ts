// The public face: logs, traces, metrics. See README.md.
// Not for behaviour: entry/api.ts names the module that each function comes from.

import type * as own from './entry/api.js'
import { face } from './entry/singleton.js'

export type { ConsoleOptions } from './bridges/console.js'
export type { ContextOptions } from './context/current.js'
export type { HandlerOptions } from './serverless/wrap_handler.js'
export type { TracedOptions } from './spans/traced.js'
export type { GenAiUsage } from './runs/cost.js'
export type * from './types.js'

export const init: typeof own.init = face.init
export const reconfigure: typeof own.reconfigure = face.reconfigure
export const getLogger: typeof own.getLogger = face.getLogger
export const setLevel: typeof own.setLevel = face.setLevel
export const withContext: typeof own.withContext = face.withContext
export const currentContext: typeof own.currentContext = face.currentContext
export const span: typeof own.span = face.span
export const traced: typeof own.traced = face.traced
export const startSpan: typeof own.startSpan = face.startSpan
export const withSpan: typeof own.withSpan = face.withSpan
export const currentSpan: typeof own.currentSpan = face.currentSpan
export const event: typeof own.event = face.event
export const bindEmitter: typeof own.bindEmitter = face.bindEmitter
export const captureConsole: typeof own.captureConsole = face.captureConsole
export const counter: typeof own.counter = face.counter
export const upDownCounter: typeof own.upDownCounter = face.upDownCounter
export const gauge: typeof own.gauge = face.gauge
export const histogram: typeof own.histogram = face.histogram
export const inject: typeof own.inject = face.inject
export const extract: typeof own.extract = face.extract
export const contextFrom: typeof own.contextFrom = face.contextFrom
export const genaiCost: typeof own.genaiCost = face.genaiCost
/** The open runs of one framework: for adapters. */
export const Runs: typeof own.Runs = face.Runs
export type Runs = own.Runs
export const metricsText: typeof own.metricsText = face.metricsText
export const stats: typeof own.stats = face.stats
export const flush: typeof own.flush = face.flush
export const flushSync: typeof own.flushSync = face.flushSync
export const shutdown: typeof own.shutdown = face.shutdown
export const wrapHandler: typeof own.wrapHandler = face.wrapHandler
/** What set-up throws. */
export const ConfigError: typeof own.ConfigError = face.ConfigError
export type ConfigError = own.ConfigError
