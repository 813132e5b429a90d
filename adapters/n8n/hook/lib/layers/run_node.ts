// L2: what a node does happens inside of its span; each attempt is seen; calls to elsewhere carry the trace along.

import * as vigie from 'vigie'
import { current } from '../current.js'
import { bare } from '../errors.js'
import type { Execution } from '../execution.js'
import { isFailedTry, typeOf } from '../failures.js'
import * as names from '../names.js'
import type { Native } from '../native.js'
import { type NodeRun, nodeAttributes } from '../node_run.js'
import { quiet, within } from '../quiet.js'
import type { Recorder } from '../recorder.js'
import type { AdditionalData, StackEntry } from '../shapes.js'
import type { Layer } from './layer.js'

type RunNode = (workflow: unknown, entry: StackEntry, data: unknown, runIndex: number, additional: AdditionalData, ...rest: unknown[]) => Promise<unknown>

/** One call of a node's code. */
interface Attempt {
  readonly execution: Execution
  readonly run: NodeRun | undefined
  /** What the code stands in. */
  readonly context: vigie.Context
  /** Only nodes that may try again have one: else the node's span is the attempt's. */
  readonly span: vigie.Span | undefined
}

/** What n8n asks for headers where its own OpenTelemetry is off. */
const outbound = {
  injectTraceHeaders(_executionId: string, _nodeName: string | undefined, headers: { [name: string]: string }): void {
    quiet('injectTraceHeaders', () => vigie.inject(headers))
  },
}

export const runNode: Layer = {
  name: 'nodes',
  install(host, recorder) {
    const engine = host.export<{ readonly prototype: object }>('n8n-core', 'WorkflowExecute')
    host.patch<RunNode>(engine, 'runNode', (original) => function (this: unknown, ...all) {
      const attempt = quiet('runNode', () => begin(recorder, all[1], all[4]))
      if (attempt === undefined) return original.apply(this, all)
      const result = current.run(attempt.execution, () => within('runNode', attempt.context, () => original.apply(this, all)))
      quiet('runNode', () => result.then((output) => quiet('runNode', () => succeed(attempt, output)), (error) => quiet('runNode', () => fail(attempt, error))))
      return result
    })
  },
}

function begin(recorder: Recorder, { node }: StackEntry, additional: AdditionalData): Attempt | undefined {
  const execution = recorder.execution(additional.executionId)
  if (execution === undefined) return undefined
  const run = execution.run(node.name)
  if (execution.isNative) follow(recorder.native, execution, run)
  else additional.otel = outbound
  const inside = run?.context ?? execution.context
  if (run !== undefined) {
    run.attempts++
    run.isDone = false
  }
  const isSpanned = node.retryOnFail === true && run !== undefined && (execution.isNative || execution.hasRoom())
  if (!isSpanned) return { execution, run, context: inside, span: undefined }
  const attributes = { ...execution.attributes, ...nodeAttributes(node.name, node), [names.NODE_ATTEMPT]: run.attempts }
  const span = vigie.startSpan(`attempt ${run.attempts}`, { parent: inside, attributes })
  return { execution, run, context: span.context, span }
}

/** Where n8n makes the spans itself: what we add stands below them. */
function follow(native: Native, execution: Execution, run: NodeRun | undefined): void {
  const asked = (nodeName: string | undefined, more: vigie.Attributes): vigie.Context | undefined => {
    const found = native.contextOf(execution.id, nodeName)
    return found && vigie.withContext(found, () => vigie.withContext({ ...execution.attributes, ...more }, vigie.currentContext))
  }
  if (execution.context.spanId === undefined) execution.context = asked(undefined, {}) ?? execution.context
  if (run !== undefined) run.context = asked(run.name, { [names.NODE_ID]: run.node?.id, [names.NODE_NAME]: run.name }) ?? run.context
}

function succeed({ run, span }: Attempt, output: unknown): void {
  if (run !== undefined) {
    // A node that waits for others, such as an agent for its tools, goes on later: that is no attempt of its own.
    if (typeof output === 'object' && output !== null && 'actions' in output) run.attempts--
    run.isDone = true
  }
  const error = span === undefined ? undefined : isFailedTry(output)
  if (error === undefined) span?.end()
  else end(span, error)
}

function fail({ span }: Attempt, error: unknown): void {
  end(span, error)
}

function end(span: vigie.Span | undefined, error: unknown): void {
  if (span === undefined) return
  const cleaned = bare(error)
  span.setAttribute(names.ERROR_TYPE, typeOf(error)).recordException(cleaned).setStatus('error', cleaned.message)
  span.end()
}
