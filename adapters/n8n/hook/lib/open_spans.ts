// Spans that nodes have begun by their own records and not ended yet.

import type * as vigie from 'vigie'
import type { NodeRun } from './node_run.js'

export interface OpenSpan {
  readonly span: vigie.Span
  /** The run that it stands below; undefined below the execution itself. */
  readonly run: NodeRun | undefined
}

export class OpenSpans {
  private readonly spans = new Map<string, OpenSpan>()

  has(id: string): boolean {
    return this.spans.has(id)
  }

  get(id: string | undefined): OpenSpan | undefined {
    return id === undefined ? undefined : this.spans.get(id)
  }

  begin(id: string, span: OpenSpan): void {
    this.spans.set(id, span)
  }

  /** The span, which is no longer kept. */
  take(id: string | undefined): vigie.Span | undefined {
    const found = this.get(id)?.span
    if (id !== undefined) this.spans.delete(id)
    return found
  }

  /** Ends those below a run that has ended; without one, all of them. The inner ones began last. */
  end(run?: NodeRun): void {
    for (const [id, open] of [...this.spans].reverse()) {
      if (run !== undefined && open.run !== run) continue
      this.spans.delete(id)
      open.span.end()
    }
  }
}
