// A run of one node in one execution, from n8n's first word of it to the last, all attempts together.

import * as vigie from 'vigie'
import { bare, httpStatus } from './errors.js'
import { errorOutputItems, failedItems, firstFailure, typeOf } from './failures.js'
import * as names from './names.js'
import type { Node, RunExecutionData, TaskData } from './shapes.js'
import { nodeTags } from './tags.js'

/** What a run came to. */
export interface Outcome {
  /** Type of the failure; undefined when all went well. */
  readonly failure: string | undefined
  readonly items: { readonly in: number; readonly out: number }
}

export class NodeRun {
  /** Attempts that began. */
  attempts = 0
  /** Whether the last attempt ended well. */
  isDone = false

  constructor(
    readonly name: string,
    readonly node: Node | undefined,
    readonly begun: TaskData,
    /** Absent when the execution has as many spans as it may. */
    readonly span: vigie.Span | undefined,
    /** What the node's own code stands in. */
    public context: vigie.Context,
  ) {}

  /** Writes down what the run came to, and ends its span; `late` makes one for a run that failed and has none. */
  end(task: TaskData, executionData: RunExecutionData | undefined, late: (task: TaskData) => vigie.Span | undefined): Outcome {
    const outcome = outcomeOf(this.node, task, executionData)
    const span = this.span ?? (outcome.failure === undefined ? undefined : late(task))
    if (span !== undefined) write(span, this, task, executionData, outcome)
    return outcome
  }

  /** Ends the span of a run that n8n says nothing more of. */
  close(reason: string): void {
    this.span?.setAttribute(names.NODE_ATTEMPTS, this.attempts)
    // A node without output is left without a word: it has ended well all the same.
    if (!this.isDone) this.span?.setAttribute(names.NODE_TERMINATION_REASON, reason).setStatus('error', reason)
    this.span?.end()
  }
}

/** The attributes that name a node. */
export function nodeAttributes(name: string, node: Node | undefined): { [key: string]: unknown } {
  return { [names.NODE_NAME]: name, [names.NODE_ID]: node?.id, [names.NODE_TYPE]: node?.type, [names.NODE_TYPE_VERSION]: node?.typeVersion }
}

/** The nodes whose output this run takes. */
export function previous({ source }: TaskData): string | undefined {
  const found = (source ?? []).flatMap((one) => (one === null ? [] : [one.previousNode]))
  return found.length === 0 ? undefined : found.join(', ')
}

function outcomeOf(node: Node | undefined, task: TaskData, executionData: RunExecutionData | undefined): Outcome {
  const isFailed = task.error !== undefined || task.executionStatus === 'error' || failedItems(node, task) > 0
  return { failure: isFailed ? typeOf(firstFailure(task)) : undefined, items: { in: itemsIn(task, executionData), out: itemsOut(task) } }
}


function write(span: vigie.Span, run: NodeRun, task: TaskData, executionData: RunExecutionData | undefined, { failure, items }: Outcome): void {
  const { node, name } = run
  const index = executionData?.resultData.runData?.[name]?.lastIndexOf(task) ?? -1
  span.setAttributes({
    [names.NODE_RUN_INDEX]: index < 0 ? undefined : index,
    [names.NODE_EXECUTION_INDEX]: task.executionIndex,
    [names.NODE_STATUS]: task.executionStatus,
    [names.NODE_ATTEMPTS]: run.attempts,
    [names.NODE_ITEMS_INPUT]: items.in,
    [names.NODE_ITEMS_OUTPUT]: items.out,
    ...nodeTags(task.metadata?.tracing),
  })
  if (failure !== undefined) writeFailure(span, node, task, failure)
  span.end()
}

function writeFailure(span: vigie.Span, node: Node | undefined, task: TaskData, failure: string): void {
  const error = firstFailure(task)
  const cleaned = bare(error)
  span.setAttributes({
    [names.ERROR_TYPE]: failure,
    [names.STATUS_CODE]: httpStatus(error),
    [names.NODE_ERROR_OUTPUT]: errorOutputItems(node, task) > 0 || undefined,
    [names.NODE_ITEMS_FAILED]: failedItems(node, task) || undefined,
  })
  span.recordException(cleaned).setStatus('error', cleaned.message)
}

function itemsOut({ data }: TaskData): number {
  let sum = 0
  for (const branches of Object.values(data ?? {})) for (const branch of branches ?? []) sum += branch?.length ?? 0
  return sum
}

/** The items of the outputs that this run took. */
function itemsIn({ source }: TaskData, executionData: RunExecutionData | undefined): number {
  const all = executionData?.resultData.runData
  let sum = 0
  for (const one of source ?? []) {
    if (one === null) continue
    const { previousNode, previousNodeRun = 0, previousNodeOutput = 0 } = one
    sum += all?.[previousNode]?.[previousNodeRun]?.data?.['main']?.[previousNodeOutput]?.length ?? 0
  }
  return sum
}
