// What the author of a node records with: logs, spans, metrics, and attributes of the node's own span.

import { randomUUID } from 'node:crypto'
import { failureOf } from './failure.js'
import { plainAttributes } from './plain.js'
import { type Attributes, type Failure, type Instrument, type Level, type SpanStart, VERSION } from './record.js'
import { type Host, send, sourceOf } from './transport.js'

/** Attributes as callers have them; what JSON cannot say is turned into text or left out. */
export type Given = { readonly [key: string]: unknown }

/** A span that is open. */
export interface OpenSpan {
  readonly id: string
  readonly name: string
  /** Milliseconds since 1970. */
  readonly started_ms: number
}

export class Telemetry {
  constructor(
    private readonly host: Host,
    private readonly parent: SpanStart['parent'] = 'node',
  ) {}

  /**
   * Writes a log record.
   *
   * @param event names what happened for readers that are programs, such as `order.placed`
   */
  log(level: Level, message: string, attributes?: Given, { event, error }: { event?: string | undefined; error?: unknown } = {}): void {
    this.guarded(() => {
      const told = { ...(event === undefined ? {} : { event }), ...(error === undefined ? {} : { error: failureOf(error) }) }
      send(this.host, level, message, { ...this.common(attributes), kind: 'log', level, ...told })
    })
  }

  /**
   * Runs `body` in a span below this one, and ends it with what `body` came to. Its error is thrown on.
   *
   * @returns what `body` returns
   */
  async span<T>(name: string, body: (inner: Telemetry) => Promise<T> | T, attributes?: Given): Promise<T> {
    const open = this.start(name, this.parent, attributes)
    try {
      const result = await body(new Telemetry(this.host, { span: open.id }))
      this.end(open, 'ok')
      return result
    } catch (error) {
      this.end(open, 'error', undefined, failureOf(error))
      throw error
    }
  }

  /** Begins a span that is ended by hand, by this node or by another one of the same execution. */
  start(name: string, parent: SpanStart['parent'], attributes?: Given): OpenSpan {
    const open = { id: randomUUID(), name, started_ms: Date.now() }
    this.guarded(() => {
      send(this.host, 'info', `span ${name} starts`, { ...this.common(attributes), kind: 'span.start', span: open.id, name, parent })
    })
    return open
  }

  /** Ends a span. */
  end({ id, name, started_ms }: OpenSpan, status: 'unset' | 'ok' | 'error', attributes?: Given, error?: Failure): void {
    this.guarded(() => {
      const duration_ms = Math.max(0, Date.now() - started_ms)
      const told = { ...this.common(attributes), ...(error === undefined ? {} : { error }) }
      send(this.host, status === 'error' ? 'warn' : 'info', `span ${name} ends after ${duration_ms} ms: ${error?.message ?? status}`, {
        ...told,
        kind: 'span.end',
        span: id,
        name,
        status,
        duration_ms,
      })
    })
  }

  /**
   * Records a measurement. One that is not finite, or that would count a counter down, is left out with a warning.
   *
   * @param labels few and with few values: each combination is a series
   */
  metric(instrument: Instrument, name: string, value: number, { unit, labels }: { unit?: string | undefined; labels?: Given } = {}): void {
    if (!Number.isFinite(value) || (instrument === 'counter' && value < 0)) {
      this.log('warn', `metric ${name}: ${value} is no measurement of a ${instrument}`)
      return
    }
    this.guarded(() => {
      const record = { ...this.common(labels), kind: 'metric', instrument, name, value, ...(unit === undefined ? {} : { unit }) } as const
      send(this.host, 'info', `metric ${name} ${value}${unit === undefined ? '' : ` ${unit}`}`, record)
    })
  }

  /**
   * Sets attributes of the node's span, in Vigie and in n8n's own OpenTelemetry; n8n puts `n8n.node.custom.` before
   * each key. n8n adds them to the ones that were set before.
   */
  set(attributes: { readonly [key: string]: string | number | boolean }): void {
    this.guarded(() => this.host.setMetadata({ tracing: { ...attributes } }))
  }

  private common(given: Given | undefined): { v: typeof VERSION; source: ReturnType<typeof sourceOf>; attributes?: Attributes } {
    const attributes = plainAttributes(given)
    return { v: VERSION, source: sourceOf(this.host), ...(attributes === undefined ? {} : { attributes }) }
  }

  /** A fault of ours never reaches the node. */
  private guarded(record: () => void): void {
    try {
      record()
    } catch {
      // A host that cannot even name itself has no log to say it in.
    }
  }
}

