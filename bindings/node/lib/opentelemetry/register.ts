// Puts Vigie behind the OpenTelemetry API of a process.

import type { TextMapPropagator } from '@opentelemetry/api'
import { begin } from '../runtime/first_use.js'
import { init } from '../life/lifecycle.js'
import { getLogger } from '../logs/logger.js'
import type { Config } from '../types.js'
import { ContextManager } from './current.js'
import { quiet } from './fault.js'
import { LoggerProvider } from './logger_provider.js'
import { MeterProvider } from './meter_provider.js'
import { api, fromProgram, needed } from './packages.js'
import { Propagator } from './propagator.js'
import type { SpanProcessor } from './readable.js'
import { TracerProvider, type TracerProviderOptions } from './tracer_provider.js'

/** What `register` needs of an instrumentation. */
export interface Instrumentation {
  setTracerProvider(provider: TracerProvider): void
  setMeterProvider(provider: MeterProvider): void
  setLoggerProvider?(provider: LoggerProvider): void
  getConfig(): { readonly enabled?: boolean }
  enable(): void
}

/** The options of the official `NodeSDK`, as far as they have an equal here. */
export interface SdkOptions extends TracerProviderOptions {
  /** Default: `service` of the settings. */
  readonly serviceName?: string | undefined
  readonly instrumentations?: readonly (Instrumentation | readonly Instrumentation[])[] | undefined
  /** In the place of Vigie's propagators; null for none. */
  readonly textMapPropagator?: TextMapPropagator | null | undefined
  /** Gets spans in batches, beside Vigie's outputs. */
  readonly traceExporter?: object | undefined
  readonly metricReaders?: readonly object[] | undefined
  readonly views?: readonly object[] | undefined
  readonly logRecordProcessors?: readonly object[] | undefined
  /** Taken without effect: Vigie keeps the context, and says of the process what its configuration says. */
  readonly contextManager?: object | undefined
  readonly autoDetectResources?: boolean | undefined
  readonly resourceDetectors?: readonly object[] | undefined
}

/** What stands behind the API now. */
export interface Registered {
  readonly tracerProvider: TracerProvider
  readonly meterProvider: MeterProvider
  readonly loggerProvider: LoggerProvider
  /** Ends processors and readers of yours and waits until everything is out; Vigie goes on. Never rejects. */
  shutdown(): Promise<void>
}

/** By the resource's attributes (OpenTelemetry semantic conventions). */
const OF_RESOURCE: readonly (readonly [keyof Config, string])[] = [
  ['service', 'service.name'],
  ['version', 'service.version'],
  ['environment', 'deployment.environment.name'],
]

let registered: Registered | undefined

/**
 * Puts Vigie behind the OpenTelemetry API: context, providers of tracers, meters and loggers, propagators. Takes the settings of
 * `init`, which is called with them if there are any, and the options of the official `NodeSDK`; those that Vigie has no equal
 * for are taken without effect. Again it changes nothing but what is set up of Vigie, and enables the instrumentations. Where
 * another provider was set before, that one stays, as the API has it, and a record says so. Throws a `ConfigError` as `init`
 * does, and an error that names the package where one is needed and missing.
 */
export function register(options: SdkOptions & Config = {}): Registered {
  const { instrumentations = [], ...rest } = options
  const { sdk, settings } = sorted(rest)
  if (Object.keys(settings).length > 0) init(settings)
  else begin()
  registered ??= behind(sdk)
  for (const one of instrumentations.flat()) quiet('instrumentation', () => enable(one as Instrumentation, registered as Registered))
  return registered
}

/** The options of the SDK, and the settings of Vigie with what those say of the process. */
function sorted(options: SdkOptions & Config): { sdk: SdkOptions; settings: Config } {
  const {
    sampler, idGenerator, resource, spanProcessors, spanLimits, serviceName, textMapPropagator, traceExporter, metricReaders, views,
    logRecordProcessors, contextManager, autoDetectResources, resourceDetectors, ...settings
  } = options
  const told = OF_RESOURCE.flatMap(([key, name]) => (typeof resource?.attributes[name] === 'string' ? [[key, resource.attributes[name]]] : []))
  const service = serviceName === undefined ? {} : { service: serviceName }
  return { sdk: options, settings: { ...(Object.fromEntries(told) as Config), ...service, ...settings } }
}

function behind(options: SdkOptions): Registered {
  const { resource, metricReaders, views, logRecordProcessors, traceExporter, spanProcessors = [] } = options
  const processors = traceExporter === undefined ? spanProcessors : [...spanProcessors, batching(traceExporter)]
  const made = {
    tracerProvider: new TracerProvider({ ...options, spanProcessors: processors }),
    meterProvider: new MeterProvider({ resource, readers: metricReaders, views }),
    loggerProvider: new LoggerProvider({ resource, processors: logRecordProcessors }),
    async shutdown() {
      await Promise.all([made.tracerProvider.shutdown(), made.meterProvider.shutdown(), made.loggerProvider.shutdown()])
    },
  }
  announce(made, options)
  return made
}

/** Tells the API, whose proxies lead to these providers from then on. */
function announce({ tracerProvider, meterProvider, loggerProvider }: Registered, { textMapPropagator }: SdkOptions): void {
  const { context, trace, metrics, propagation } = api()
  const manager = new ContextManager()
  if (told('context manager', context.setGlobalContextManager(manager))) manager.enable()
  told('tracer provider', trace.setGlobalTracerProvider(tracerProvider))
  told('meter provider', metrics.setGlobalMeterProvider(meterProvider))
  if (textMapPropagator !== null) told('propagator', propagation.setGlobalPropagator(textMapPropagator ?? new Propagator()))
  const logs = fromProgram<typeof import('@opentelemetry/api-logs')>('@opentelemetry/api-logs')?.logs
  logs?.setGlobalLoggerProvider(loggerProvider)
}

function told(what: string, isSet: boolean): boolean {
  if (!isSet) getLogger('vigie.otel').warn('another {what} stands behind the OpenTelemetry API already and stays there', { what })
  return isSet
}

function batching(exporter: object): SpanProcessor {
  const sdk = needed<{ BatchSpanProcessor: new (exporter: object) => SpanProcessor }>('@opentelemetry/sdk-trace-base', 'traceExporter')
  return new sdk.BatchSpanProcessor(exporter)
}

/** Most instrumentations are on since they were made. */
function enable(instrumentation: Instrumentation, { tracerProvider, meterProvider, loggerProvider }: Registered): void {
  instrumentation.setTracerProvider(tracerProvider)
  instrumentation.setMeterProvider(meterProvider)
  instrumentation.setLoggerProvider?.(loggerProvider)
  if (instrumentation.getConfig().enabled !== true) instrumentation.enable()
}
