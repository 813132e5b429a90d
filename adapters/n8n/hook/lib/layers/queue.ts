// L2, between processes: the trace goes with an execution through the queue, and with a request into the execution.

import * as vigie from 'vigie'
import { bare } from '../errors.js'
import type { Host } from '../host.js'
import * as names from '../names.js'
import { contextIn, contextOf, inbound, placeOf } from '../parents.js'
import { quiet, within } from '../quiet.js'
import type { Recorder } from '../recorder.js'
import type { StartData } from '../shapes.js'
import type { Layer } from './layer.js'

type Enqueue = (executionId: string, workflowId: string | undefined, data: StartData, load: unknown, realtime: unknown, restartId?: string) => Promise<unknown>
type RunHere = (executionId: string, data: StartData, ...rest: unknown[]) => Promise<unknown>
type AddJob = (data: JobData, ...rest: unknown[]) => Promise<unknown>
type ProcessJob = (job: Job, ...rest: unknown[]) => Promise<unknown>

interface Patched {
  readonly prototype: object
}

interface JobData {
  readonly executionId: string
  /** What we put in beside n8n's own. */
  vigie?: { [header: string]: string }
}

interface Job {
  readonly id?: unknown
  readonly data: JobData
  /** When it was put into the queue: milliseconds since the epoch. */
  readonly timestamp?: number
}

export const queue: Layer = {
  name: 'queue',
  install(host, recorder) {
    const runner = host.export<Patched>('n8n/dist/workflow-runner', 'WorkflowRunner')
    host.patch<RunHere>(runner, 'runMainProcess', (original) => function (this: unknown, ...all) {
      const context = quiet('runMainProcess', () => told(all[1]))
      return within('runMainProcess', context, () => original.apply(this, all))
    })
    if (process.env['EXECUTIONS_MODE'] === 'queue') through(host, recorder, runner)
  },
}

/** Has the trace go along with jobs. */
function through(host: Host, recorder: Recorder, runner: Patched): void {
  const scaling = host.export<Patched>('n8n/dist/scaling/scaling.service', 'ScalingService')
  const processor = host.export<Patched>('n8n/dist/scaling/job-processor', 'JobProcessor')
  host.patch<Enqueue>(runner, 'enqueueExecution', (original) => function (this: unknown, ...all) {
    const span = quiet('enqueueExecution', () => enqueued(recorder, all[0], all[2], all[5] !== undefined))
    const result = within('enqueueExecution', span?.context, () => original.apply(this, all))
    if (span !== undefined) quiet('enqueueExecution', () => result.then(() => span.end(), (error) => span.recordException(bare(error)).setStatus('error').end()))
    return result
  })
  host.patch<AddJob>(scaling, 'addJob', (original) => function (this: unknown, data, ...rest) {
    quiet('addJob', () => (data.vigie = vigie.inject({})))
    return original.call(this, data, ...rest)
  })
  host.patch<ProcessJob>(processor, 'processJob', (original) => function (this: unknown, job, ...rest) {
    const context = quiet('processJob', () => taken(recorder, job))
    return within('processJob', context, () => original.call(this, job, ...rest))
  })
}

/** The context that n8n took from a request's headers, where the execution's data have none. */
function told({ executionData, tracingContext }: StartData): vigie.Context | undefined {
  return inbound(executionData) === undefined ? contextOf(tracingContext?.traceparent, tracingContext?.tracestate) : undefined
}

/** An execution goes into the queue: its span stands above the one of the worker that takes it out. */
function enqueued(recorder: Recorder, executionId: string, data: StartData, isResumed: boolean): vigie.Span | undefined {
  const { workflowData: workflow, executionMode: mode, executionData } = data
  recorder.handsOver(executionId)
  if (recorder.native.isTracing(mode)) return undefined
  const { parent, links } = placeOf({ mode, isResumed, executionData }, (id) => recorder.contextOf(id))
  const attributes = { [names.EXECUTION_ID]: executionId, [names.WORKFLOW_ID]: workflow.id, [names.WORKFLOW_NAME]: workflow.name, [names.EXECUTION_MODE]: mode }
  return vigie.startSpan(`queue ${workflow.name ?? workflow.id ?? ''}`, { parent: parent ?? told(data) ?? null, links, kind: 'producer', attributes })
}

/** What the job's execution stands in, and how long the job has waited. */
function taken(recorder: Recorder, { id, data, timestamp }: Job): vigie.Context | undefined {
  const seconds = timestamp === undefined ? undefined : Math.max(0, Date.now() - timestamp) / 1000
  if (seconds !== undefined) recorder.metrics.waited(seconds)
  recorder.queued(data.executionId, { [names.QUEUE_WAIT]: seconds, [names.QUEUE_JOB_ID]: id === undefined ? undefined : String(id) })
  return contextIn(data.vigie)
}
