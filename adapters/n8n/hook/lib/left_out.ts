// The runs of nodes that got no span because their execution has as many as it may: counted, and told in one span.

import * as vigie from 'vigie'
import * as names from './names.js'

/** Nodes that are told one by one. */
const MOST_NODES = 50

export class LeftOut {
  private readonly byNode = new Map<string, number>()
  private runs = 0
  private failed = 0
  private milliseconds = 0

  add(node: string, isFailed: boolean, milliseconds: number): void {
    this.runs++
    if (isFailed) this.failed++
    this.milliseconds += milliseconds
    const before = this.byNode.get(node)
    if (before !== undefined || this.byNode.size < MOST_NODES) this.byNode.set(node, (before ?? 0) + 1)
  }

  /** One span for all of them, if there are any. */
  write(parent: vigie.Context, attributes: vigie.Attributes): void {
    if (this.runs === 0) return
    const span = vigie.startSpan('nodes left out', { parent, attributes })
    span.setAttributes({
      [names.LEFT_OUT_RUNS]: this.runs,
      [names.LEFT_OUT_FAILED]: this.failed,
      [names.LEFT_OUT_SECONDS]: this.milliseconds / 1000,
      [names.LEFT_OUT_NODES]: Object.fromEntries(this.byNode),
    })
    span.end()
  }
}
