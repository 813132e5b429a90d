// What all layers share: the executions that are open in this process, the instruments, what ended a while ago.

import * as vigie from 'vigie'
import { bare } from './errors.js'
import { Bounded } from './bounded.js'
import { Execution } from './execution.js'
import { Metrics } from './metrics.js'
import type { Native } from './native.js'
import * as names from './names.js'
import type { NodeRun, Outcome } from './node_run.js'
import { placeOf } from './parents.js'
import { faults } from './quiet.js'
import type { Settings } from './settings.js'
import type { EndEvent, NodeEndEvent, NodeEvent, RunExecutionData, StartEvent, Workflow } from './shapes.js'
import { workflowTags } from './tags.js'
import { usageOf, usageSoFar } from './usage.js'

/** Executions that may be open at once, and ended ones that are remembered. */
const MOST_OPEN = 10_000
const MOST_ENDED = 1000

export class Recorder {
  readonly metrics: Metrics
  private readonly log = vigie.getLogger(names.LOGGER)
  private readonly open = new Bounded<Execution>(MOST_OPEN)
  private readonly ended = new Bounded<vigie.Context>(MOST_ENDED)
  private readonly handedOver = new Bounded<true>(MOST_OPEN)
  private readonly waits = new Bounded<vigie.Attributes>(MOST_ENDED)

  constructor(
    private readonly settings: Settings,
    /** n8n's own OpenTelemetry. */
    readonly native: Native,
  ) {
    this.metrics = new Metrics(() => this.open.size, faults)
  }

  execution(id: string | undefined): Execution | undefined {
    return id === undefined ? undefined : this.open.get(id)
  }

  /** The context of an execution that is open or ended a while ago. */
  contextOf(id: string): vigie.Context | undefined {
    return this.open.get(id)?.context ?? this.ended.get(id)
  }

  /** Some process takes this execution out of the queue and records it: what this one hears of its end is no news. */
  handsOver(executionId: string): void {
    this.handedOver.set(executionId, true)
  }

  /** Keeps what a worker knows of the queue until the execution starts. */
  queued(executionId: string, wait: vigie.Attributes): void {
    this.waits.set(executionId, wait)
  }

  executionStarts(event: StartEvent, isResumed: boolean): void {
    // Without the workflow's object it is only put into the queue; a worker runs it.
    if (event.workflowInstance === undefined) return
    const { executionId: id, workflow, mode, executionData } = event
    const parentId = executionData?.parentExecution?.executionId
    const attributes = idsOf(id, workflow)
    const more = { [names.EXECUTION_MODE]: mode, [names.EXECUTION_PARENT_ID]: parentId, ...this.waits.take(id) }
    const root = this.native.isTracing(mode) ? undefined : this.root(event, isResumed, { ...attributes, ...more })
    const context = vigie.withContext(root?.context ?? vigie.currentContext(), () => vigie.withContext(attributes, vigie.currentContext))
    this.open.set(id, new Execution(id, workflow, attributes, root, context, this.settings.spans, isResumed))
    if (root !== undefined) stamp(executionData, placed(root.context))
  }

  nodeStarts(event: NodeEvent): void {
    this.open.get(event.executionId)?.nodeStarts(event)
  }

  nodeEnds(event: NodeEndEvent): void {
    const execution = this.open.get(event.executionId)
    const ended = execution?.nodeEnds(event)
    if (execution === undefined || ended === undefined) return
    // The spans that n8n makes itself are known once a node runs.
    if (execution.isNative) stamp(event.executionData, placed(execution.context))
    const workflow = this.label(execution.workflow)
    this.count(workflow, event, ended)
    const usage = usageOf(event.taskData)
    if (usage === undefined) return
    execution.totals.input += usage.input
    execution.totals.output += usage.output
    execution.totals.calls++
    execution.totals.cost += usage.cost ?? 0
    if (usage.cost === undefined) execution.totals.unpriced++
    stamp(event.executionData, { [names.USAGE]: JSON.stringify(usageSoFar(execution.totals)) })
    this.metrics.used(workflow, usage)
  }

  executionEnds(event: EndEvent): void {
    const execution = this.open.take(event.executionId) ?? this.unstarted(event)
    if (execution === undefined) return
    const { runData, workflow, mode, executionId } = event
    const seconds = execution.seconds()
    this.ended.set(executionId, execution.context)
    vigie.withContext(execution.context, () => this.tell(execution, event, seconds))
    execution.end(event)
    this.metrics.execution(this.label(workflow), mode, runData?.status ?? 'unknown', seconds)
  }

  /** The name of a workflow in metrics. */
  private label({ id = 'unknown', name }: Workflow): string {
    return name !== undefined && this.settings.named.has(name) ? name : id
  }

  private root({ workflow, mode, executionData }: StartEvent, isResumed: boolean, attributes: vigie.Attributes): vigie.Span {
    const { parent, links } = placeOf({ mode, isResumed, executionData }, (id) => this.contextOf(id))
    const span = vigie.startSpan(`workflow ${workflow.name ?? workflow.id ?? ''}`, { parent, links, kind: mode === 'webhook' ? 'server' : 'internal', attributes })
    return span.setAttributes({
      [names.WORKFLOW_VERSION_ID]: workflow.versionId,
      [names.WORKFLOW_NODE_COUNT]: workflow.nodes.length,
      ...workflowTags(workflow),
    })
  }

  private count(workflow: string, { taskData, nodeName }: NodeEndEvent, { run, outcome }: { readonly run: NodeRun; readonly outcome: Outcome }): void {
    this.metrics.node(workflow, run.node?.type ?? nodeName, outcome.failure, (taskData.executionTime ?? 0) / 1000, run.attempts, outcome.items)
  }

  /** An execution that failed before it began. */
  private unstarted({ executionId: id, workflow, mode, runData }: EndEvent): Execution | undefined {
    if (this.handedOver.get(id) !== undefined || this.ended.get(id) !== undefined) return undefined
    this.executionStarts({ executionId: id, workflow, mode, workflowInstance: workflow, ...(runData?.data === undefined ? {} : { executionData: runData.data }) }, false)
    return this.open.take(id)
  }

  /** The durable line of an execution. */
  private tell(execution: Execution, { runData, workflow, mode, retryOf }: EndEvent, seconds: number): void {
    const { totals } = execution
    const status = runData?.status ?? 'unknown'
    const attributes = {
      event: 'n8n.execution',
      category: 'workflow',
      outcome: status === 'success' ? 'success' : status === 'error' || status === 'crashed' ? 'failure' : 'unknown',
      workflow: workflow.name ?? workflow.id,
      status,
      [names.EXECUTION_MODE]: mode,
      [names.EXECUTION_RETRY_OF]: retryOf,
      duration_s: seconds,
      nodes_run: totals.nodes,
      nodes_failed: totals.failed,
      retries: totals.retries,
      last_node: runData?.data?.resultData.lastNodeExecuted,
      ...execution.usage(),
    }
    const error = runData?.data?.resultData.error
    const text = 'workflow {workflow}: {status}'
    if (attributes.outcome === 'failure') this.log.error(text, bare(error), attributes)
    else this.log.info(text, attributes)
  }
}

/** What names an execution on each of its spans. */
function idsOf(execution: string, { id, name }: Workflow): { readonly [key: string]: string } {
  return { [names.EXECUTION_ID]: execution, ...(id !== undefined && { [names.WORKFLOW_ID]: id }), ...(name !== undefined && { [names.WORKFLOW_NAME]: name }) }
}

/** Where the trace is found from the execution. */
function placed({ traceId, traceparent }: vigie.Context): { readonly [key: string]: string | undefined } {
  return { [names.TRACE_ID]: traceId, [names.TRACEPARENT]: traceparent }
}

/** Puts texts where n8n shows them with the execution, where its nodes read them, and the run that resumes it. */
function stamp(executionData: RunExecutionData | undefined, texts: { readonly [key: string]: string | undefined }): void {
  if (executionData === undefined) return
  const metadata = (executionData.resultData.metadata ??= {})
  for (const [key, text] of Object.entries(texts)) if (text !== undefined) metadata[key] = text
}
