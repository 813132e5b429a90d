// What nodes tell of themselves: records of the key `vigie` in n8n's log, whose shape `vigie-n8n-telemetry` has (lib/record.ts
// there). They come from others' code, so that nothing in them is taken for granted.

import * as vigie from 'vigie'
import { Bounded } from './bounded.js'
import type { Execution } from './execution.js'
import * as names from './names.js'
import { nodeAttributes } from './node_run.js'
import type { Recorder } from './recorder.js'

/** The key of the logger's metadata that holds a record. */
export const KEY = 'vigie'
const VERSION = 1

/** Instruments that nodes may have: their names are written by users. */
const MOST_INSTRUMENTS = 200
const NODES_LOGGER = 'n8n.nodes'

interface Told {
  readonly v?: unknown
  readonly kind?: unknown
  readonly source?: { readonly execution_id?: unknown; readonly node?: unknown }
  readonly attributes?: vigie.Attributes
  readonly level?: unknown
  readonly event?: unknown
  readonly error?: { readonly type?: unknown; readonly message?: unknown }
  readonly span?: unknown
  readonly name?: unknown
  readonly parent?: unknown
  readonly status?: unknown
  readonly instrument?: unknown
  readonly value?: unknown
  readonly unit?: unknown
}

type Measure = (value: number, labels: vigie.Attributes | undefined) => void

export class NodeRecords {
  private readonly instruments = new Bounded<Measure>(MOST_INSTRUMENTS)

  constructor(private readonly recorder: Recorder) {}

  /** Takes a record; false when it is none of a shape that is known here, so that its line is an ordinary one. */
  take(message: string, record: unknown): boolean {
    if (typeof record !== 'object' || record === null) return false
    const told = record as Told
    if (told.v !== VERSION) return false
    const execution = this.recorder.execution(textOf(told.source?.execution_id))
    if (told.kind === 'log') this.log(message, told, execution)
    else if (told.kind === 'span.start') start(told, execution)
    else if (told.kind === 'span.end') end(told, execution)
    else if (told.kind === 'metric') return this.measure(told)
    else return false
    return true
  }

  private log(message: string, { level, event, error, attributes, source }: Told, execution: Execution | undefined): void {
    const more = { ...attributes, event: textOf(event) }
    const write = (): void => {
      const logger = vigie.getLogger(NODES_LOGGER)
      const failure = error === undefined ? undefined : errorOf(error)
      if (failure === undefined) logger.log(textOf(level) ?? 'info', message, more)
      else logger.log(textOf(level) ?? 'info', message, failure, more)
    }
    // Inside of the node's code its place is current already.
    const around = vigie.currentContext().spanId === undefined ? placeOf(execution, textOf(source?.node)) : undefined
    if (around === undefined) write()
    else vigie.withContext(around, write)
  }

  private measure({ instrument, name, value, unit, attributes }: Told): boolean {
    const called = textOf(name)
    if (called === undefined || typeof value !== 'number') return false
    const key = `${String(instrument)} ${called}`
    const measure = this.instruments.get(key) ?? instrumentOf(instrument, called, textOf(unit))
    if (measure === undefined) return false
    this.instruments.set(key, measure)
    measure(value, attributes)
    return true
  }
}

function start({ span, name, parent, attributes, source }: Told, execution: Execution | undefined): void {
  const id = textOf(span)
  if (execution === undefined || id === undefined || execution.told.has(id) || !execution.hasRoomFor()) return
  const run = execution.run(textOf(source?.node))
  const above = typeof parent === 'object' && parent !== null ? execution.told.get(textOf((parent as { readonly span?: unknown }).span)) : undefined
  const below = above === undefined && parent !== 'execution' ? run : above?.run
  const context = above?.span.context ?? below?.context ?? execution.context
  const own = run === undefined ? {} : nodeAttributes(run.name, run.node)
  const made = vigie.startSpan(textOf(name) ?? 'span', { parent: context, attributes: { ...execution.attributes, ...own, ...attributes } })
  execution.told.begin(id, { span: made, run: below })
}

function end({ span: id, name, status, error, attributes }: Told, execution: Execution | undefined): void {
  const span = execution?.told.take(textOf(id)) ?? afterWait(name, execution)
  if (span === undefined) return
  if (attributes !== undefined) span.setAttributes(attributes)
  if (error !== undefined) {
    const failure = errorOf(error)
    span.setAttribute(names.ERROR_TYPE, failure.name).recordException(failure)
    span.setStatus('error', failure.message)
  } else if (status === 'ok' || status === 'error') span.setStatus(status)
  span.end()
}

/** A wait cuts a span in two, as it does the execution: what comes after it begins where that is taken up, in whichever process. */
function afterWait(name: unknown, execution: Execution | undefined): vigie.Span | undefined {
  if (execution?.isResumed !== true || !execution.hasRoomFor()) return undefined
  return vigie.startSpan(textOf(name) ?? 'span', { parent: execution.context, startTime: execution.startedAt, attributes: execution.attributes })
}

function placeOf(execution: Execution | undefined, node: string | undefined): vigie.Context | undefined {
  return execution?.run(node)?.context ?? execution?.context
}

function instrumentOf(kind: unknown, name: string, unit: string | undefined): Measure | undefined {
  const options = unit === undefined ? {} : { unit }
  if (kind === 'counter' || kind === 'up_down_counter') {
    const counter = kind === 'counter' ? vigie.counter(name, options) : vigie.upDownCounter(name, options)
    return (value, labels) => counter.add(value, labels)
  }
  if (kind === 'gauge') {
    const gauge = vigie.gauge(name, options)
    return (value, labels) => gauge.set(value, labels)
  }
  if (kind === 'histogram') {
    const histogram = vigie.histogram(name, options)
    return (value, labels) => histogram.record(value, labels)
  }
  return undefined
}

/** An error without a stack, which the record has none of. */
function errorOf({ type, message }: { readonly type?: unknown; readonly message?: unknown }): Error {
  const error = new Error(textOf(message) ?? 'unknown')
  error.name = textOf(type) ?? 'Error'
  delete error.stack
  return error
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
