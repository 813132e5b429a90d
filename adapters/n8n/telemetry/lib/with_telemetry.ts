// The wrapper around a node's `execute`.

import { Telemetry } from './telemetry.js'
import type { Host } from './transport.js'

/** What is counted of items, where the host has them. */
interface Inputs {
  getInputData?(): readonly unknown[]
}

/**
 * Wraps a node's `execute`: it gets a {@link Telemetry} as its first argument, and how the run went is recorded,
 * with the numbers of items, the time it took and its error. What `execute` returns or throws is passed on as it is.
 */
export function withTelemetry<This extends Host & Inputs, Rest extends unknown[], Result>(
  execute: (this: This, telemetry: Telemetry, ...rest: Rest) => Promise<Result>,
): (this: This, ...rest: Rest) => Promise<Result> {
  return async function (this: This, ...rest: Rest): Promise<Result> {
    const telemetry = new Telemetry(this)
    const started = performance.now()
    const ended = (outcome: 'success' | 'failure', items?: number): { readonly [key: string]: unknown } => ({
      outcome,
      duration_ms: Math.round(performance.now() - started),
      items_in: itemsIn(this),
      items_out: items,
    })
    try {
      const result = await execute.call(this, telemetry, ...rest)
      telemetry.log('debug', `node ${nameOf(this)} has run`, ended('success', itemsOf(result)), { event: 'n8n.node.execute' })
      return result
    } catch (error) {
      telemetry.log('error', `node ${nameOf(this)} has failed`, ended('failure'), { event: 'n8n.node.execute', error })
      throw error
    }
  }
}

/** The items of all outputs; undefined where the result is none of items, such as an agent's request. */
function itemsOf(result: unknown): number | undefined {
  if (!Array.isArray(result)) return undefined
  return result.reduce((sum: number, output: unknown) => sum + (Array.isArray(output) ? output.length : 0), 0)
}

function itemsIn(host: Inputs): number | undefined {
  try {
    return host.getInputData?.().length
  } catch {
    // n8n throws where a node has no such input.
    return undefined
  }
}

function nameOf(host: Host): string {
  try {
    return host.getNode().name
  } catch {
    return ''
  }
}
