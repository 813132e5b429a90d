// A request that is served, from its headers to its span and its wide event.
// Not for how frameworks hand requests over: see middleware.ts. Not for what events and sizes say on the way: see wires.ts.

import { SpanKind } from '../batch/wire.js'
import { type ContextImpl, emptyContext, NOTHING_CARRIED, type Request } from '../context/context.js'
import { current, here, toEnter } from '../context/current.js'
import { contextOver } from '../context/propagation.js'
import { emit, getLogger, lets } from '../logs/logger.js'
import { monotonic, now } from '../runtime/clock.js'
import { begin } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import { methodWords, spanName } from '../spans/http_words.js'
import { make } from '../spans/make.js'
import { SpanImpl } from '../spans/span.js'
import type { Carrier } from '../types.js'
import { namesOf, quietly, Walk } from '../values/budget.js'
import { keepBehind, keepOne, type Kept } from '../values/kept.js'
import { correlationId, requestId } from './ids.js'
import { type Answer, type Asked, told } from './message.js'
import type { Options } from './options.js'

const INFO = 9
const WARN = 13
const ERROR = 17
/** Names of attributes that handlers add: as many as a record takes, and one by which the core sees that there were more. */
const MOST_KEYS = 129
/** From this status on the server says that it has failed. */
const FAILED = 500

const log = getLogger('vigie.http')

/** A request that is served. */
export class Served implements Request {
  /** What it runs in. It is carried on after the end of its span. */
  readonly context: ContextImpl
  /** The two ids of the request, as they go out on its response. */
  readonly requestId: string
  readonly correlationId: string
  /** The template of the route that answers it. */
  route: string | undefined = undefined
  requestBytes: number | undefined
  responseBytes = 0
  /** Whether the whole answer is on its way. */
  isAnswered = false
  private error: unknown = undefined
  private isOver = false
  private readonly span: SpanImpl | null
  private added: Map<string, Kept> | null
  private readonly began: number
  private readonly beganMs: number
  private readonly asked: Asked

  /** `shown` is the request as the framework has it. */
  constructor(options: Options, asked: Asked, shown: unknown) {
    if (!state.configured) begin()
    this.beganMs = monotonic()
    this.began = state.settings.testing ? now() : 0
    this.asked = asked
    this.requestBytes = asked.length
    const came = contextOver(emptyContext(), asked.headers as Carrier)
    const opened = openedFor(came)
    const base = opened ?? came
    this.requestId = requestId(asked.headers['x-request-id'])
    this.correlationId = correlationId(base) ?? this.requestId
    const carried = base.carried ?? NOTHING_CARRIED
    const ids = new Map<string, Kept>(carried.attributes).set('correlation_id', this.correlationId).set('request_id', this.requestId)
    let context = base.carrying(carried.within(this, ids))
    const said = current.run(toEnter(context), () => options.said(shown))
    if (said !== undefined && said !== null) {
      context = context.carrying(carried.within(this, quietly(ids, () => keepBehind(ids, said) as Map<string, Kept>)))
    }
    const isSkipped = options.skips(asked.path)
    this.span = options.span && !isSkipped && opened === undefined ? serverSpan(context, asked) : null
    this.context = this.span === null ? context : this.span.context.kept()
    this.added = options.event && !isSkipped ? new Map() : null
  }

  add(attributes: object): void {
    const { added } = this
    if (added === null || this.isOver) return
    const walk = new Walk()
    for (const key of namesOf(attributes)) {
      if (added.size >= MOST_KEYS && !added.has(key)) continue
      const value = walk.read(attributes, key)
      if (value !== undefined) added.set(key, keepOne(value, walk))
    }
  }

  /** What a handler threw. An error whose status is below 500 is an answer of the program's. */
  failed(error: unknown): void {
    if (!this.isOver && !isAnswer(error)) this.error = error ?? new Error(String(error))
  }

  /** Writes the wide event and ends the span. Only the first end counts. */
  end(answer: Answer): void {
    if (this.isOver) return
    this.isOver = true
    quietly(undefined, () => this.write(answer))
    if (this.span !== null) this.endSpan(this.span, answer)
    this.added = null
    this.error = undefined
  }

  /** The status that went out; that of a failure where a handler threw before anything did. */
  private status(answer: Answer): number | undefined {
    return answer.hasBegun ? answer.status : undefined
  }

  private write(answer: Answer): void {
    const { added, asked, error, isAnswered } = this
    const status = this.status(answer)
    const hasFailed = error !== undefined || (status !== undefined && status >= FAILED)
    const severity = hasFailed ? ERROR : isAnswered ? INFO : WARN
    if (added === null || !lets(log, severity)) return
    const { method, path } = asked
    const outcome = hasFailed ? 'failure' : isAnswered ? 'success' : 'unknown'
    const attributes = this.known(outcome, status, answer)
    for (const [key, value] of added) attributes[key] = value
    const message = status === undefined ? `${method} ${path}` : `${method} ${path} ${status}`
    current.run(toEnter(this.context), emit, log, severity, { message, isTemplate: false, error, attributes }, undefined)
  }

  /** What the wide event says of the request itself. What is not known is left out, since it would count against the limit. */
  private known(outcome: string, status: number | undefined, answer: Answer): { [key: string]: unknown } {
    const { method, path, address, agent } = this.asked
    const known: { [key: string]: unknown } = { event: 'http.request', category: 'web', outcome, 'http.request.method': methodWords(method)['http.request.method'] }
    if (this.route !== undefined) known['http.route'] = this.route
    known['url.path'] = path
    if (status !== undefined) known['http.response.status_code'] = status
    if (address !== undefined) known['client.address'] = address
    if (agent !== undefined) known['user_agent.original'] = agent
    if (this.requestBytes !== undefined) known['http.request.body.size'] = this.requestBytes
    known['http.response.body.size'] = answer.hasBody ? this.responseBytes : 0
    known['duration_ns'] = this.durationNs()
    return known
  }

  private durationNs(): number {
    if (state.settings.testing) return Math.max(0, now() - this.began) * 1000
    return Math.round((monotonic() - this.beganMs) * 1e6)
  }

  private endSpan(span: SpanImpl, answer: Answer): void {
    const { route, error } = this
    const status = this.status(answer)
    if (route !== undefined) span.setAttribute('http.route', route).updateName(spanName(methodWords(this.asked.method)['http.request.method'], route))
    if (status !== undefined) span.setAttribute('http.response.status_code', status)
    if (error !== undefined) return span.fail(error)
    if (status !== undefined && status >= FAILED) span.setAttribute('error.type', String(status)).setStatus('error')
    else if (!this.isAnswered) span.setAttribute('error.type', 'aborted').setStatus('error')
    span.end()
  }
}

function serverSpan(context: ContextImpl, asked: Asked): SpanImpl {
  const attributes = told(asked)
  const name = spanName(methodWords(asked.method)['http.request.method'])
  return make(name, SpanKind.SERVER, 'vigie.http', context, context, null, undefined, attributes).setAttributes(attributes)
}

/**
 * The context in force, carried on after the end of its span, where another instrumentation has opened a server span for this request in it: one that is open and stands
 * right below what the headers name, or below nothing where they name nothing.
 */
function openedFor(came: ContextImpl): ContextImpl | undefined {
  const around = here()
  const { span } = around.under ?? around
  if (!(span instanceof SpanImpl) || span.kind !== SpanKind.SERVER || span.context.ended) return undefined
  return span.parent0 === came.s0 && span.parent1 === came.s1 ? around.kept() : undefined
}

/** Whether the program means an error as an answer to the caller: those of http-errors, Fastify and others have a status. */
function isAnswer(error: unknown): boolean {
  return quietly(false, () => {
    const { status, statusCode } = error as { status?: unknown; statusCode?: unknown }
    const said = status ?? statusCode
    return typeof said === 'number' && said >= 400 && said < FAILED
  })
}
