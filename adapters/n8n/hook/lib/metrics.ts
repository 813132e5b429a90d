// The instruments of executions. Workflows are told by id, or by name where the settings say so: labels stay few.

import * as vigie from 'vigie'
import { DIRECTION, ERROR_TYPE, METHOD, MODE, MODEL, NODE_TYPE, STATUS, STATUS_CODE, TOKEN_TYPE, WORKFLOW } from './names.js'
import type { Usage } from './usage.js'

/** Seconds, from a node of a millisecond to an execution of an hour. */
const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600]

export class Metrics {
  private readonly workflows = vigie.histogram('n8n.workflow.duration', { unit: 's', description: 'How long executions took', buckets: SECONDS })
  private readonly nodes = vigie.histogram('n8n.node.duration', { unit: 's', description: 'How long runs of nodes took, all attempts together', buckets: SECONDS })
  private readonly failures = vigie.counter('n8n.node.failures', { unit: '{run}', description: 'Runs of nodes that failed, also into an error output' })
  private readonly retries = vigie.counter('n8n.node.retries', { unit: '{attempt}', description: 'Attempts after the first' })
  private readonly items = vigie.counter('n8n.node.items', { unit: '{item}', description: 'Items that went into nodes and came out' })
  private readonly waits = vigie.histogram('n8n.queue.wait', { unit: 's', description: 'From the queue to a worker', buckets: SECONDS })
  private readonly webhooks = vigie.histogram('n8n.webhook.duration', { unit: 's', description: 'From a request at a webhook to the end of its answer', buckets: SECONDS })
  private readonly events = vigie.counter('n8n.events', { unit: '{event}', description: 'Events of the queue, the task runner and the limits of n8n' })
  private readonly tokens = vigie.counter('n8n.ai.tokens', { unit: '{token}', description: 'Tokens of models by workflow' })
  private readonly costs = vigie.counter('n8n.ai.cost', { unit: '{USD}', description: 'US dollars for models by workflow, where the price is known' })

  constructor(active: () => number, faults: () => number) {
    vigie.gauge('n8n.executions.active', { unit: '{execution}', description: 'Executions that run in this process', callback: active })
    vigie.gauge('vigie.n8n.failed', { unit: '{fault}', description: 'Failures of the hook itself', callback: faults })
  }

  execution(workflow: string, mode: string, status: string, seconds: number): void {
    this.workflows.record(seconds, { [WORKFLOW]: workflow, [MODE]: mode, [STATUS]: status })
  }

  node(workflow: string, type: string, failure: string | undefined, seconds: number, attempts: number, items: { readonly in: number; readonly out: number }): void {
    const labels = { [WORKFLOW]: workflow, [NODE_TYPE]: type }
    this.nodes.record(seconds, { ...labels, [STATUS]: failure === undefined ? 'success' : 'error' })
    if (failure !== undefined) this.failures.add(1, { ...labels, [ERROR_TYPE]: failure })
    if (attempts > 1) this.retries.add(attempts - 1, labels)
    if (items.in > 0) this.items.add(items.in, { ...labels, [DIRECTION]: 'in' })
    if (items.out > 0) this.items.add(items.out, { ...labels, [DIRECTION]: 'out' })
  }

  waited(seconds: number): void {
    this.waits.record(seconds)
  }

  webhook(method: string, status: number, seconds: number): void {
    this.webhooks.record(seconds, { [METHOD]: method, [STATUS_CODE]: status })
  }

  event(name: string): void {
    this.events.add(1, { event: name })
  }

  used(workflow: string, { model, input, output, cost }: Usage): void {
    const labels = { [WORKFLOW]: workflow, ...(model === undefined ? {} : { [MODEL]: model }) }
    this.tokens.add(input, { ...labels, [TOKEN_TYPE]: 'input' })
    this.tokens.add(output, { ...labels, [TOKEN_TYPE]: 'output' })
    if (cost !== undefined) this.costs.add(cost, labels)
  }
}
