// One invocation of a function: its span, the watch over its time, and the flush at its end. Nothing here throws.
// Not for what events say: see event.ts.

import { clearTimeout, setTimeout } from 'node:timers'
import { withContext } from '../context/current.js'
import { flush, flushSync } from '../life/lifecycle.js'
import { getLogger } from '../logs/logger.js'
import { monotonic } from '../runtime/clock.js'
import type { SpanImpl } from '../spans/span.js'
import { startSpan } from '../spans/tracer.js'
import type { Context } from '../types.js'
import { quietly } from '../values/budget.js'
import { isProvisioned, type Seen, seen, statusCode } from './event.js'

/** A flush takes no longer unless the handler's author says otherwise. */
const BUDGET_MS = 2000
/** What is left to the runtime for handing the result over. */
const MARGIN_MS = 100
/** An invocation that still runs so long before its end, or for all but this share of its time, is written as it is. */
const WARNING_MS = 500
const WARNING_SHARE = 0.2

const log = getLogger('vigie')
let isFirst = true

/** What is recorded of one invocation. */
export class Invocation {
  /** What the handler runs in. It is carried on when the span has ended before its time, unlike a span that is current. */
  readonly context: Context
  hasEnded = false
  /** Called once, when the handler has ended. */
  onEnd: (() => void) | undefined = undefined
  private readonly span: SpanImpl
  private readonly isHttp: boolean
  private readonly budgetMs: number
  /** When its time is over by the monotonic clock; undefined when nobody says. */
  private readonly endsAt: number | undefined
  private readonly watch: NodeJS.Timeout | undefined
  private wasGivenUp = false

  constructor(handlerName: string, event: unknown, context: unknown, budgetMs: number | undefined) {
    const found: Seen = seen(event, context)
    const isCold = isFirst && !isProvisioned()
    isFirst = false
    const attributes = { ...found.attributes, 'faas.coldstart': isCold }
    const { parent, links } = found
    const options = { kind: 'server', attributes, links, ...(parent === undefined ? {} : { parent }) } as const
    this.span = startSpan(found.name ?? (handlerName === '' ? 'handler' : handlerName), options) as SpanImpl
    this.context = this.span.context
    this.isHttp = found.isHttp
    this.budgetMs = budgetMs ?? BUDGET_MS
    const left = found.leftMs
    if (left === undefined) return
    this.endsAt = monotonic() + left
    if (left <= 0) return
    // A timer may come a millisecond early, and less than what is said to be left must be left then.
    const until = left - Math.min(WARNING_MS, left * WARNING_SHARE) + 1
    this.watch = setTimeout(() => this.giveUp(), until).unref()
  }

  /** Ends with the handler's result. */
  returned(result: unknown): void {
    if (!this.ends(undefined, false)) return
    const status = this.isHttp ? quietly(undefined, () => statusCode(result)) : undefined
    if (status !== undefined) {
      this.span.setAttribute('http.response.status_code', status)
      if (status >= 500) this.span.setStatus('error', `status code ${status}`)
    }
    this.span.end()
  }

  /** Ends with what the handler threw. */
  failed(error: unknown): void {
    if (this.ends(error, true)) this.span.fail(error)
  }

  /** Flushes within the budget. */
  send(): Promise<void> {
    return flushed(this.flushMs())
  }

  /** The same, blocking: for an answer that cannot wait. */
  sendNow(): void {
    quietly(false, () => flushSync(this.flushMs()))
  }

  /** Whether the span is to be ended now. One that was given up has ended; what became of it is a log record. */
  private ends(error: unknown, hasFailed: boolean): boolean {
    if (this.hasEnded) return false
    this.hasEnded = true
    clearTimeout(this.watch)
    this.onEnd?.()
    if (!this.wasGivenUp) return true
    withContext(this.context, () => {
      if (hasFailed) log.error('the invocation failed', error, { event: 'faas.invocation_ended' })
      else log.info('the invocation ended in time after all', { event: 'faas.invocation_ended' })
    })
    return false
  }

  /** Writes what there is of an invocation whose time is nearly over: nothing can be written when it is. */
  private giveUp(): void {
    this.wasGivenUp = true
    const attributes = { remaining_ms: Math.round(this.leftMs()), event: 'faas.timeout_imminent' }
    withContext(this.context, () => log.warn('the invocation still runs and has {remaining_ms} ms left', attributes))
    this.span.setAttribute('vigie.interrupted', true).setStatus('error', 'the invocation was about to time out')
    this.span.end()
    void this.send()
  }

  private leftMs(): number {
    return this.endsAt === undefined ? 0 : Math.max(0, this.endsAt - monotonic())
  }

  private flushMs(): number {
    const budget = Math.max(0, this.budgetMs)
    return this.endsAt === undefined ? budget : Math.min(budget, Math.max(0, this.leftMs() - MARGIN_MS))
  }
}

/** Resolves when everything is out, or the time is over: the threads that a flush runs on may all be busy with something else. */
function flushed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    const flushing = quietly(undefined, () => flush(ms))
    if (flushing === undefined) done()
    else flushing.then(done, done)
  })
}
