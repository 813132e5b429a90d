// n8n's own OpenTelemetry: whether it makes the spans of an execution, and where they stand.

import type { Context } from 'vigie'
import type { Host } from './host.js'
import { contextOf } from './parents.js'

interface OtelSettings {
  getSettings(): { readonly enabled?: boolean; readonly productionExecutionsOnly?: boolean }
}

interface Tracer {
  getActiveContext(executionId: string, nodeName: string | undefined): unknown
}

interface SpanContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly traceState?: { serialize(): string }
}

interface Api {
  getSpanContext(context: unknown): SpanContext | undefined
}

/** Asked anew each time, as it can be switched in n8n's settings. */
export interface Native {
  /** Whether n8n makes the spans of executions of this mode. */
  isTracing(mode: string): boolean
  /** n8n's span of a node that runs, or else of its execution. */
  contextOf(executionId: string, nodeName: string | undefined): Context | undefined
}

const NONE: Native = { isTracing: () => false, contextOf: () => undefined }

/** A release that has no spans of its own, or others than are known here, is one whose spans the hook makes. */
export function nativeTraces(host: Host): Native {
  try {
    const settings = host.service<OtelSettings>('n8n/dist/modules/otel/otel-settings.service', 'OtelSettingsService')
    const tracer = host.service<Tracer>('n8n/dist/modules/otel/execution-level-tracer', 'ExecutionLevelTracer')
    const api = host.export<Api>('@opentelemetry/api', 'trace')
    return {
      isTracing(mode) {
        try {
          const { enabled = false, productionExecutionsOnly = false } = settings.getSettings()
          return enabled && !(productionExecutionsOnly && mode === 'manual')
        } catch {
          // A process that has not read them, as `execute`, makes no spans.
          return false
        }
      },
      contextOf(executionId, nodeName) {
        const active = tracer.getActiveContext(executionId, nodeName)
        const span = active === undefined ? undefined : api.getSpanContext(active)
        return span && contextOf(traceparent(span), span.traceState?.serialize())
      },
    }
  } catch {
    return NONE
  }
}

function traceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}
