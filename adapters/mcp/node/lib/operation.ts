// One request from its beginning to its end: its span, its metrics and its log line.
// Not for where requests come from: hook.ts finds them.

import * as vigie from 'vigie'
import { contextIn, members } from './carrier.js'
import { fault, quiet } from './faults.js'
import { histogram } from './instruments.js'
import { SIDES } from './listed.js'
import * as names from './names.js'
import { codeLabel, errorLabel, type Outcome } from './outcome.js'
import { attributesOf, cut, methodLabel, nameOf, type Request, targetOf } from './request.js'
import { settings } from './settings.js'
import { sizeOf, tokensOf } from './size.js'

/** Versions are dates. A peer may send any text. */
const VERSION = /^\d{4}-\d\d-\d\d$/

/** A request that is under way. Ends once. */
export class Operation {
  readonly #request: Request
  readonly #said: Record<string, unknown>
  readonly #began = performance.now()
  readonly #isAgents: boolean
  #isEnded = false
  readonly span: vigie.Span

  constructor(request: Request, meta?: unknown) {
    this.#request = request
    this.#said = attributesOf(request)
    const agents = agentsOf(request)
    this.#isAgents = agents !== undefined
    if (agents !== undefined) {
      this.span = agents.setAttributes(this.#said)
      return
    }
    const parent = contextIn(meta)
    const around = vigie.currentContext()
    const isApart = parent !== undefined && around.traceId !== undefined && !around.isRemote && around.spanId !== parent.spanId
    this.span = vigie.startSpan(nameOf(request), {
      kind: request.side,
      attributes: this.#said,
      scope: names.LOGGER,
      ...(parent !== undefined && { parent }),
      // The HTTP request that brought the message is in a trace of its own.
      ...(isApart && { links: [{ context: around }] }),
    })
  }

  /** The request ends. Throws nothing. */
  end(outcome: () => Outcome): void {
    if (this.#isEnded) return
    this.#isEnded = true
    try {
      this.#end(outcome())
    } catch (error) {
      fault('operation.end', error)
    } finally {
      if (!this.#isAgents) quiet('operation.span', undefined, () => this.span.end())
    }
  }

  #end(outcome: Outcome): void {
    const seconds = (performance.now() - this.#began) / 1000
    const size = outcome.result === undefined ? undefined : sizeOf(outcome.result)
    const said = saidOf(outcome, size, this.#request)
    this.span.setAttributes(said)
    // How the agent's own ends, the agent says.
    if (!this.#isAgents) finish(this.span, outcome)
    measure(this.#request, outcome, seconds, size)
    const duration = { duration_ms: Math.round(seconds * 1e6) / 1000 }
    vigie.withSpan(this.span, () => write(this.#request, outcome, { ...this.#said, ...said, ...duration }))
  }
}

/** The current span, if it is an agent's of this tool's execution, told by the name that the conventions give it. */
function agentsOf(request: Request): vigie.Span | undefined {
  const target = targetOf(request)
  if (request.side !== 'client' || request.method !== 'tools/call' || target === undefined) return undefined
  const span = vigie.currentSpan()
  return span.isRecording && span.name === `${names.EXECUTE_TOOL} ${target}` ? span : undefined
}

function finish(span: vigie.Span, { errorType, code, message, error }: Outcome): void {
  if (errorType === undefined || errorType === names.CANCELLED) return
  span.setStatus('error', message)
  if (code === undefined && error !== undefined) span.recordException(error)
}

function write(request: Request, { errorType, code, error }: Outcome, said: Record<string, unknown>): void {
  const text = `${request.side}: ${nameOf(request)} ${errorType === undefined ? 'was answered' : `failed: ${errorType}`}`
  const log = vigie.getLogger(names.LOGGER)
  if (errorType === undefined || errorType === names.CANCELLED) log.debug(text, said)
  else if (code !== undefined || errorType === names.TOOL_ERROR || request.side === 'client') log.warn(text, said)
  else log.error(text, error instanceof Error ? error : new Error(String(error)), said)
}

function saidOf(outcome: Outcome, size: number | undefined, { method }: Request): Record<string, unknown> {
  const said: Record<string, unknown> = {}
  if (outcome.errorType !== undefined) said[names.ERROR_TYPE] = outcome.errorType
  if (outcome.code !== undefined) said[names.STATUS_CODE] = outcome.code
  if (size !== undefined) {
    said[names.RESULT_SIZE] = size
    said[names.RESULT_TOKENS] = tokensOf(size)
    if (settings.capture === 'full' && method === 'tools/call') said[names.RESULT] = cut(outcome.result, settings.captureBytes)
  }
  return said
}

function measure(request: Request, outcome: Outcome, seconds: number, size: number | undefined): void {
  const { side, method } = request
  const target = targetOf(request)
  const labels: Record<string, unknown> = { [names.METHOD]: methodLabel(request) }
  if (method === 'tools/list') SIDES[side].tools(itemsOf(outcome.result, 'tools'))
  else if (method === 'prompts/list') SIDES[side].prompts(itemsOf(outcome.result, 'prompts'))
  else if (method === 'tools/call') {
    labels[names.OPERATION] = names.EXECUTE_TOOL
    if (target !== undefined) labels[names.TOOL] = SIDES[side].called(target, outcome.errorType === undefined)
  } else if (target !== undefined) labels[names.PROMPT] = SIDES[side].prompt(target)
  if (size !== undefined) {
    const sized = { ...labels, [names.SIDE]: side }
    histogram(names.RESULT_BYTES).record(size, sized)
    histogram(names.RESULT_TOKEN_COUNT).record(tokensOf(size), sized)
  }
  if (request.transport !== undefined) labels[names.TRANSPORT] = request.transport
  const { protocolVersion } = request
  if (typeof protocolVersion === 'string' && VERSION.test(protocolVersion)) labels[names.PROTOCOL_VERSION] = protocolVersion
  const optional = { [names.ERROR_TYPE]: errorLabel(outcome), [names.STATUS_CODE]: codeLabel(outcome) }
  for (const [key, value] of Object.entries(optional)) if (value !== undefined) labels[key] = value
  histogram(side === 'server' ? names.SERVER_OPERATION : names.CLIENT_OPERATION).record(seconds, labels)
}

function itemsOf(result: unknown, key: string): readonly unknown[] {
  const items = members(result)[key]
  return Array.isArray(items) ? items : []
}
