// `vigie/otel`: Vigie behind the OpenTelemetry API. See README.md.

import { face } from './entry/otel.js'
import type * as own from './entry/otel_api.js'

export type { IdGenerator, Sampler } from './opentelemetry/decision.js'
export type { LoggerProviderOptions } from './opentelemetry/logger_provider.js'
export type { MeterProviderOptions } from './opentelemetry/meter_provider.js'
export type { Instrumentation, Registered, SdkOptions } from './opentelemetry/register.js'
export type { InstrumentationScope, ReadableSpan, Resource, SpanProcessor, TimedEvent } from './opentelemetry/readable.js'
export type { TracerProviderOptions } from './opentelemetry/tracer_provider.js'

export const register: typeof own.register = face.register
export const TracerProvider: typeof own.TracerProvider = face.TracerProvider
export type TracerProvider = own.TracerProvider
export const MeterProvider: typeof own.MeterProvider = face.MeterProvider
export type MeterProvider = own.MeterProvider
export const LoggerProvider: typeof own.LoggerProvider = face.LoggerProvider
export type LoggerProvider = own.LoggerProvider
export const ContextManager: typeof own.ContextManager = face.ContextManager
export type ContextManager = own.ContextManager
export const Propagator: typeof own.Propagator = face.Propagator
export type Propagator = own.Propagator
