// One execution that runs in this process: its span, the runs of its nodes that are open, and what it comes to.

import * as vigie from 'vigie'
import { bare } from './errors.js'
import { typeOf } from './failures.js'
import { LeftOut } from './left_out.js'
import * as names from './names.js'
import { NodeRun, nodeAttributes, type Outcome, previous } from './node_run.js'
import { OpenSpans } from './open_spans.js'
import type { EndEvent, Node, NodeEndEvent, NodeEvent, TaskData, Workflow } from './shapes.js'

export class Execution {
  /** Milliseconds since the epoch. */
  readonly startedAt = performance.timeOrigin + performance.now()
  readonly totals = { nodes: 0, failed: 0, retries: 0, input: 0, output: 0, calls: 0, cost: 0, unpriced: 0 }
  /** What its nodes began by their own records. */
  readonly told = new OpenSpans()
  private readonly open = new Map<string, NodeRun[]>()
  private readonly nodes: ReadonlyMap<string, Node>
  private readonly leftOut = new LeftOut()
  private spans = 0
  private late = 0

  constructor(
    readonly id: string,
    readonly workflow: Workflow,
    /** Attributes that every span of it has. */
    readonly attributes: { readonly [key: string]: string },
    /** Absent where n8n's own OpenTelemetry makes the spans of executions and nodes. */
    private readonly root: vigie.Span | undefined,
    public context: vigie.Context,
    private readonly mostSpans: number,
    /** Whether it goes on after a wait. */
    readonly isResumed: boolean,
  ) {
    this.nodes = new Map(workflow.nodes.map((node) => [node.name, node]))
  }

  get isNative(): boolean {
    return this.root === undefined
  }

  /** How long it has run. */
  seconds(): number {
    return (performance.timeOrigin + performance.now() - this.startedAt) / 1000
  }

  nodeStarts({ nodeName: name, taskData: task }: NodeEvent): void {
    const node = this.nodes.get(name)
    // A part of another node, such as an agent's model, stands below that node's run: it is open yet.
    const above = this.run(task.source?.[0]?.previousNode)?.context ?? this.context
    const span = this.hasRoom() ? this.spanOf(name, node, task, above) : undefined
    const context = vigie.withContext(span ?? above, () => vigie.withContext({ [names.NODE_ID]: node?.id, [names.NODE_NAME]: name }, vigie.currentContext))
    const runs = this.open.get(name)
    const run = new NodeRun(name, node, task, span, context)
    if (runs === undefined) this.open.set(name, [run])
    else runs.push(run)
  }

  /** Ends the run that n8n says has ended, and tells what it came to; undefined when nothing is known of it. */
  nodeEnds({ nodeName: name, taskData: task, executionData }: NodeEndEvent): { readonly run: NodeRun; readonly outcome: Outcome } | undefined {
    const run = this.taken(name, task)
    if (run === undefined) return undefined
    this.told.end(run)
    const outcome = run.end(task, executionData, (failed) => this.lateSpan(run, failed))
    this.totals.nodes++
    if (outcome.failure !== undefined) this.totals.failed++
    this.totals.retries += Math.max(0, run.attempts - 1)
    if (run.span === undefined && !this.isNative) this.leftOut.add(name, outcome.failure !== undefined, task.executionTime ?? 0)
    return { run, outcome }
  }

  /** The run of this node that began last. */
  run(name: string | undefined): NodeRun | undefined {
    return name === undefined ? undefined : this.open.get(name)?.at(-1)
  }

  /** Whether one more span may be made. */
  hasRoom(): boolean {
    return !this.isNative && this.hasRoomFor()
  }

  /** The same for a span that stands below those of n8n's own OpenTelemetry, too. */
  hasRoomFor(): boolean {
    return this.spans++ < this.mostSpans
  }

  /** Ends its span and all that is open below. */
  end({ runData, mode, retryOf }: EndEvent): void {
    const status = runData?.status ?? 'unknown'
    const error = runData?.data?.resultData.error
    this.told.end()
    for (const runs of this.open.values()) for (const run of runs) run.close(status === 'canceled' ? 'workflow_cancelled' : `workflow_${status}`)
    this.open.clear()
    this.leftOut.write(this.context, this.attributes)
    this.root?.setAttributes({
      [names.EXECUTION_STATUS]: status,
      [names.EXECUTION_IS_RETRY]: mode === 'retry',
      [names.EXECUTION_RETRY_OF]: retryOf,
      ...this.usage(),
    })
    if (status === 'error' || status === 'crashed') {
      this.root?.setAttribute(names.EXECUTION_ERROR_TYPE, typeOf(error))
      const cleaned = bare(error)
      this.root?.recordException(cleaned).setStatus('error', cleaned.message)
    }
    this.root?.end()
  }

  /** Tokens and costs so far, where there are any. */
  usage(): vigie.Attributes {
    const { input, output, cost } = this.totals
    if (input === 0 && output === 0) return {}
    return { [names.INPUT_TOKENS]: input, [names.OUTPUT_TOKENS]: output, [names.COST]: cost > 0 ? cost : undefined }
  }

  private spanOf(name: string, node: Node | undefined, task: TaskData, parent: vigie.Context): vigie.Span {
    const { startTime = 0 } = task
    // n8n tells of the parts of a node when they have run for a while. Its times are cut to milliseconds: what began in one is
    // told by its end, so that no node stands before the one that it follows.
    const isLate = Date.now() - startTime > 2
    const attributes = { ...this.attributes, ...nodeAttributes(name, node), [names.NODE_PREVIOUS]: previous(task) }
    return vigie.startSpan(`node ${name}`, { parent, attributes, ...(isLate ? { startTime: startTime + 1 } : {}) })
  }

  /** A span for a run that failed when there was room for no more: as many of them again. */
  private lateSpan(run: NodeRun, task: TaskData): vigie.Span | undefined {
    return this.isNative || this.late++ >= this.mostSpans ? undefined : this.spanOf(run.name, run.node, task, this.context)
  }

  private taken(name: string, task: TaskData): NodeRun | undefined {
    const runs = this.open.get(name)
    if (runs === undefined) return undefined
    // A node that was taken up again has another index at its end than at its start.
    const exact = runs.findIndex(({ begun }) => begun.executionIndex === task.executionIndex)
    const [run] = runs.splice(exact < 0 ? runs.length - 1 : exact, 1)
    if (runs.length === 0) this.open.delete(name)
    return run
  }
}
