// winston's way to Vigie. winston is not imported: a transport is a stream of objects that its loggers are piped to.

import { Writable } from 'node:stream'
import { current, here, toEnter } from '../context/current.js'
import { ContextImpl } from '../context/context.js'
import type { Told } from '../logs/arguments.js'
import { tell } from '../logs/logger.js'
import { bridged } from '../runtime/instrumented.js'
import { quietly, Walk } from '../values/budget.js'
import { messageText } from '../values/describe.js'
import { isError, readThrown, ToldError } from '../values/read_error.js'
import { severityNamed } from './levels.js'

/** A record of winston. */
export interface WinstonInfo {
  level: string
  message: unknown
  [key: string | symbol]: unknown
}

/** How a transport of winston behaves. */
export interface WinstonOptions {
  /** The least severe level that it takes; that of the logger by default. */
  readonly level?: string
  /** Whether it takes nothing. */
  readonly silent?: boolean
  /** Whether winston hands it exceptions that nobody catches; Vigie records those itself. */
  readonly handleExceptions?: boolean
  readonly handleRejections?: boolean
  /** A format of winston that this transport's records go through. */
  readonly format?: { transform(info: WinstonInfo, options?: unknown): WinstonInfo | boolean }
}

/** Where winston keeps the level, the finished text and the arguments of a call, whatever formats do to the rest. */
const LEVEL = Symbol.for('level')
const SPLAT = Symbol.for('splat')
/** Where a record keeps the context that it was made in while another transport holds it up. */
const MADE_IN = Symbol('vigie.context')
/** The instrumentations that see the same records. */
const INSTRUMENTATIONS = ['@opentelemetry/instrumentation-winston', '@opentelemetry/winston-transport']
/** The parts of a record that have a place of their own. */
const PARTS: ReadonlySet<string> = new Set(['level', 'message', 'timestamp', 'label', 'stack', 'error', 'err', 'ms'])

/** What instrumentations say of the span. */
const PLACE: ReadonlySet<string> = new Set(['trace_id', 'span_id', 'trace_flags'])

/** What is needed of the logger that is piped to a transport. */
interface WinstonLogger {
  readonly level?: string
  readonly levels?: { readonly [level: string]: number }
  readonly readableLength?: number
  write(info: unknown, ...rest: unknown[]): boolean
}

/**
 * A transport for winston 3: `winston.createLogger({ transports: [new Transport()] })`. The message is winston's, as formats left it; the
 * level goes by its name, and by its place among the logger's where it has another one, which shows as `level_name`; `label` is the
 * logger's name, `winston` without one; an error among the arguments, or a record that is made of one, is `error`; everything else is
 * attributes. winston's levels alone decide what is recorded, unless `level` or `levels` of the settings say otherwise. Each record
 * stands in the context of its call. Nothing that it is given makes it throw.
 */
export class Transport extends Writable {
  level: string | undefined
  silent: boolean
  handleExceptions: boolean
  handleRejections: boolean
  format: WinstonOptions['format']
  /** Set when a logger is piped to it. */
  levels: WinstonLogger['levels']
  parent: WinstonLogger | undefined

  constructor(options: WinstonOptions = {}) {
    super({ objectMode: true })
    this.level = options.level
    this.silent = options.silent ?? false
    this.handleExceptions = options.handleExceptions ?? false
    this.handleRejections = options.handleRejections ?? false
    this.format = options.format
    for (const name of INSTRUMENTATIONS) bridged(name, 'vigie/winston')
    this.on('pipe', (logger: unknown) => this.piped(logger as WinstonLogger))
    this.on('unpipe', (logger: unknown) => this.unpiped(logger as WinstonLogger))
  }

  private piped(logger: WinstonLogger): void {
    this.levels = logger.levels
    this.parent = logger
    marking(logger)
  }

  private unpiped(logger: WinstonLogger): void {
    if (logger === this.parent) this.parent = undefined
  }

  override _write(info: WinstonInfo, _encoding: string, done: () => void): void {
    if (this.takes(info)) quietly(undefined, () => this.record(info))
    done()
  }

  override _writev(chunks: { readonly chunk: WinstonInfo }[], done: () => void): void {
    for (const { chunk } of chunks) if (this.takes(chunk)) quietly(undefined, () => this.record(chunk))
    done()
  }

  /** Writes one record. winston itself calls it where it hands over what nobody caught. */
  log(info: WinstonInfo, done?: () => void): void {
    quietly(undefined, () => this.record(info))
    done?.()
  }

  private takes(info: WinstonInfo): boolean {
    const { levels, level = this.parent?.level } = this
    if (this.silent || (info['exception'] === true && !this.handleExceptions)) return false
    return level === undefined || levels === undefined || (levels[level] ?? 0) >= (levels[levelOf(info)] ?? 0)
  }

  private record(given: WinstonInfo): void {
    const made = given[MADE_IN]
    const info = this.format === undefined ? given : this.format.transform({ ...given }, (this.format as { options?: unknown }).options)
    if (typeof info !== 'object' || info === null) return
    const context = made instanceof ContextImpl ? made : undefined
    if (context === undefined) this.tell(info as WinstonInfo)
    else current.run(toEnter(context), () => this.tell(info as WinstonInfo))
  }

  private tell(info: WinstonInfo): void {
    const level = levelOf(info)
    const severity = severityNamed(level, this.levels)
    const { label } = info
    const name = typeof label === 'string' && label !== '' ? label : 'winston'
    tell(name, severity.number, toldBy(info, severity.isKnown ? undefined : level), timeOf(info['timestamp']))
  }
}

/** winston keeps records for a transport that is slower than others, and hands them over later, in the context of something else. */
function marking(logger: WinstonLogger): void {
  const { write } = logger
  if ((write as { [MADE_IN]?: true })[MADE_IN]) return
  const marked = function (this: WinstonLogger, info: unknown, ...rest: unknown[]): boolean {
    if ((this.readableLength ?? 0) > 0 && typeof info === 'object' && info !== null) {
      quietly(undefined, () => ((info as { [MADE_IN]?: unknown })[MADE_IN] = here().kept()))
    }
    return write.call(this, info, ...rest)
  }
  logger.write = Object.assign(marked, { [MADE_IN]: true as const })
}

function levelOf(info: WinstonInfo): string {
  const level = info[LEVEL] ?? info['level']
  return typeof level === 'string' ? level : 'info'
}

function timeOf(timestamp: unknown): number | undefined {
  const ms = typeof timestamp === 'string' ? Date.parse(timestamp) : typeof timestamp === 'number' ? timestamp : Number.NaN
  // A time of day without a date, or in a form of the program's own, tells nothing.
  return ms > 1e11 ? ms : undefined
}

/** What a record says. */
function toldBy(info: WinstonInfo, levelName: string | undefined): Told {
  const { message } = info
  const error = errorOf(info)
  const attributes: { [key: string]: unknown } = {}
  const isPlaced = namesPlace(info)
  for (const key of Object.keys(info)) {
    if (PLACE.has(key) ? !isPlaced : !PARTS.has(key) || isData(info, key, error)) attributes[key] = info[key]
  }
  if (levelName !== undefined) attributes['level_name'] = levelName
  const isObject = typeof message === 'object' && message !== null
  if (isObject && message !== error) attributes['message'] = message
  const text = isObject ? (message === error ? readThrown(error, new Walk()).message : '') : message === undefined ? '' : messageText(message)
  return { message: text, isTemplate: false, error, attributes, filledFrom: '' }
}

/** Whether a record names the span that it stands in, as its instrumentation has it: every line does. */
function namesPlace(info: WinstonInfo): boolean {
  if (typeof info['trace_id'] !== 'string') return false
  const { traceId, spanId } = here()
  return info['trace_id'] === traceId && info['span_id'] === spanId
}

/** Whether a part that may be one is the program's own. */
function isData(info: WinstonInfo, key: string, error: unknown): boolean {
  if (key === 'timestamp') return timeOf(info[key]) === undefined
  if (key === 'error' || key === 'err') return info[key] !== error
  return key === 'stack' ? error === undefined : key === 'ms'
}

/** The error of a record: the record itself, one among its arguments, or one of its members. */
function errorOf(info: WinstonInfo): unknown {
  if (isError(info)) return info
  const splat = info[SPLAT]
  const found = [info['error'], info['err'], info['message'], ...(Array.isArray(splat) ? (splat as unknown[]) : [])]
  const error = found.find((value) => typeof value === 'object' && value !== null && isError(value))
  if (error !== undefined) return error
  // winston puts the stack of an error that was logged alone, or as an argument, on the record.
  const { stack, message } = info
  return typeof stack === 'string' ? ToldError.ofStack(stack, typeof message === 'string' ? message : undefined) : undefined
}
