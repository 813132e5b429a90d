// Where an execution stands: below what started it, whatever that was.

import * as vigie from 'vigie'
import { CONTINUATION_REASON, TRACEPARENT } from './names.js'
import type { RunExecutionData, StackEntry } from './shapes.js'

export interface Place {
  /** null: it begins a trace. */
  readonly parent: vigie.Context | null
  readonly links: readonly vigie.Link[]
}

/** What of an execution says where it stands. */
export interface Beginning {
  readonly mode: string
  readonly isResumed: boolean
  readonly executionData: RunExecutionData | undefined
}

/** `ended` gives the context of an execution that is open, or ended a while ago, in this process. */
export function placeOf({ mode, isResumed, executionData }: Beginning, ended: (executionId: string) => vigie.Context | undefined): Place {
  const current = vigie.currentContext()
  const here = current.spanId === undefined ? undefined : current
  const before = contextOf(executionData?.resultData.metadata?.[TRACEPARENT])
  if (isResumed && before !== undefined) return { parent: here ?? before, links: [{ context: before, attributes: { [CONTINUATION_REASON]: 'resume' } }] }
  const retried = mode === 'retry' && before !== undefined ? [{ context: before, attributes: { [CONTINUATION_REASON]: 'retry' } }] : []
  const above = executionData?.parentExecution?.executionId
  const failed = mode === 'error' ? failedExecution(executionData) : undefined
  // What runs an error workflow may stand in the context of what started the execution that failed.
  const parent = (failed === undefined ? undefined : ended(failed)) ?? here ?? (above === undefined ? undefined : ended(above)) ?? inbound(executionData)
  return { parent: parent ?? null, links: retried }
}

/** The context that a traceparent brings. */
export function contextOf(traceparent: unknown, tracestate?: unknown): vigie.Context | undefined {
  if (typeof traceparent !== 'string') return undefined
  const context = vigie.contextFrom({ traceparent, ...(typeof tracestate === 'string' ? { tracestate } : {}) })
  return context.spanId === undefined ? undefined : context
}

/** The context that a carrier brings, in the formats that are configured. */
export function contextIn(carrier: unknown): vigie.Context | undefined {
  if (typeof carrier !== 'object' || carrier === null) return undefined
  const context = vigie.contextFrom(carrier as vigie.Carrier)
  return context.isRemote ? context : undefined
}

/** The context in the headers of the request that started a webhook's execution, of any version and with any flags. */
export function inbound(executionData: RunExecutionData | undefined): vigie.Context | undefined {
  return contextIn(firstItem(executionData)?.['headers'])
}

/** The execution whose failure an error workflow is told of. */
function failedExecution(executionData: RunExecutionData | undefined): string | undefined {
  const execution = firstItem(executionData)?.['execution'] as { readonly id?: unknown } | null | undefined
  return typeof execution?.id === 'string' ? execution.id : undefined
}

function firstItem(executionData: RunExecutionData | undefined): { readonly [key: string]: unknown } | undefined {
  const first: StackEntry | undefined = executionData?.executionData?.nodeExecutionStack?.[0]
  return first?.data?.['main']?.[0]?.[0]?.json
}
