// Loggers of the OpenTelemetry API over Vigie's.

import type { Logger, LogRecord } from '@opentelemetry/api-logs'
import { current, toEnter } from '../context/current.js'
import { emit, getLogger, lets } from '../logs/logger.js'
import { instant } from '../runtime/instant.js'
import { bridgeOf } from '../runtime/instrumented.js'
import type { Logger as VigieLogger } from '../types.js'
import { quietly } from '../values/budget.js'
import { standing } from './current.js'
import { quiet } from './fault.js'
import { nativeOf } from './mapping.js'
import { timeOf } from './times.js'

/** What a record without a severity counts as, and the most severe one there is. */
const INFO = 9
const MOST = 24

/** A logger of the OpenTelemetry API whose records Vigie writes. Nothing throws (OpenTelemetry Logs API, "Logger"). */
export class OtelLogger implements Logger {
  private readonly native: VigieLogger
  private hasTold = false

  constructor(
    private readonly name: string,
    /** The one of the official SDK where the user gave processors. */
    private readonly official: Logger | undefined,
  ) {
    this.native = getLogger(name)
  }

  /** The level is the name of the severity number, whatever `severityText` says. */
  emit(record: LogRecord): void {
    if (!this.comesByBridge()) quiet('log record', () => this.write(record))
    if (this.official !== undefined) quiet('log record processor', () => this.official?.emit(record))
  }

  /** Whether a bridge brings the same records: then this way is left alone, and a record says so. */
  private comesByBridge(): boolean {
    const bridge = bridgeOf(this.name)
    if (bridge === undefined) return false
    if (!this.hasTold) getLogger('vigie.otel').info('{name} is left alone, because its records come by {bridge}', { name: this.name, bridge })
    this.hasTold = true
    return true
  }

  private write(record: LogRecord): void {
    const { body, eventName, exception, timestamp, context } = record
    const attributes: { [key: string]: unknown } = { ...record.attributes }
    if (eventName !== undefined) attributes['event'] = eventName
    if (typeof body !== 'string' && body !== undefined) attributes['body'] = body
    const call = { message: typeof body === 'string' ? body : '', isTemplate: false, error: exception, attributes }
    const time = timestamp === undefined ? undefined : quietly(undefined, () => instant(timeOf(timestamp)))
    const around = (context === undefined ? undefined : nativeOf(context)) ?? standing()
    current.run(toEnter(around), emit, this.native, severityOf(record.severityNumber), call, time?.us)
  }

  enabled(options?: { readonly severityNumber?: number }): boolean {
    return lets(this.native, severityOf(options?.severityNumber))
  }
}

function severityOf(given: number | undefined): number {
  return typeof given === 'number' && given >= 1 && given <= MOST ? Math.floor(given) : INFO
}
