// The span of a call to another process, and its metric.

import { SpanKind } from '../batch/wire.js'
import { here } from '../context/current.js'
import { injectFrom } from '../context/propagation.js'
import { monotonic } from '../runtime/clock.js'
import { state } from '../runtime/state.js'
import { make } from '../spans/make.js'
import type { SpanImpl } from '../spans/span.js'
import type { Attributes } from '../types.js'
import { seconds } from './durations.js'
import { errorType, type Words } from '../spans/http_words.js'

/** Whether a request names a span already, in one of the formats that are configured: whoever set that wants it so. */
export function namesSpan(has: (header: string) => boolean): boolean {
  return state.settings.propagation.ofSpan.some(has)
}

/** A call that is on its way. It is never current. */
export class ClientSpan {
  private readonly span: SpanImpl
  private readonly began = monotonic()
  private readonly told: Words = {}

  constructor(
    name: string,
    scope: string,
    private readonly metric: string,
    /** What its metric is counted by. */
    private readonly labels: Words,
    attributes: Attributes,
  ) {
    const around = here()
    this.span = make(name, SpanKind.CLIENT, scope, around, around, around.under, undefined, attributes).setAttributes(attributes)
  }

  /** Writes the headers by which the other side goes on with the trace. */
  inject(set: (name: string, value: string) => void): void {
    injectFrom({ set }, this.span.context)
  }

  /** What is known of the answer, for the span and its metric. */
  answered(told: Words): void {
    Object.assign(this.told, told)
  }

  /** It has failed: with an error, or by what the answer says. */
  failed(error: unknown, type = errorType(error)): void {
    this.told['error.type'] = type
    if (typeof error === 'object' && error !== null) this.span.recordException(error)
    this.span.setStatus('error', typeof error === 'object' && error !== null ? String((error as { message?: unknown }).message ?? '') : undefined)
  }

  /** It is over. Again it changes nothing. */
  end(): void {
    if (this.span.context.ended) return
    this.span.setAttributes(this.told).end()
    seconds(this.metric, DESCRIPTIONS[this.metric] ?? '').record((monotonic() - this.began) / 1000, { ...this.labels, ...this.told })
  }
}

const DESCRIPTIONS: { readonly [metric: string]: string } = {
  'http.client.request.duration': 'Duration of HTTP client requests.',
  'db.client.operation.duration': 'Duration of database client operations.',
}
