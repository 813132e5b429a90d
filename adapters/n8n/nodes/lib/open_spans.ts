// Spans that one node begins and another one ends: kept with the execution, through waits, in the context of its flow.

import { type IContextObject } from 'n8n-workflow'
import { type OpenSpan } from '../../telemetry/lib/index.js'

const KEY = 'vigie_spans'

/** More are not kept: a loop that begins and never ends them must not fill the execution's row. */
const MOST_OPEN = 100

export class OpenSpans {
  private readonly open: OpenSpan[]

  /** @param flow of `getContext('flow')` */
  constructor(flow: IContextObject) {
    flow[KEY] ??= []
    this.open = flow[KEY] as OpenSpan[]
  }

  /** The span of this name that began last. */
  last(name: string): OpenSpan | undefined {
    return this.open.findLast((span) => span.name === name)
  }

  add(span: OpenSpan): void {
    this.open.push(span)
    if (this.open.length > MOST_OPEN) this.open.shift()
  }

  /** Takes the span of this name that began last. */
  take(name: string): OpenSpan | undefined {
    const at = this.open.findLastIndex((span) => span.name === name)
    return at < 0 ? undefined : this.open.splice(at, 1)[0]
  }
}
