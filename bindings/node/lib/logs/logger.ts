// Loggers: names, levels, bound attributes. A method below the level is an empty function.
// Not for what a record holds: see write_record.ts.

import { binding } from '#native'
import { Root } from '../batch/forms.js'
import { Owner, type Style, Threshold, Variant } from '../batch/wire.js'
import { onChange } from '../runtime/changes.js'
import { begin, program } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import type { Attributes, Level, Logger, LogMethod } from '../types.js'
import { keepBehind, type Kept } from '../values/kept.js'
import type { Call, Told } from './arguments.js'
import { type Origin, record } from './write_record.js'

const LEVELS: readonly (readonly [Level, number])[] = [
  ['trace', 1],
  ['debug', 5],
  ['info', 9],
  ['warn', 13],
  ['error', 17],
  ['fatal', 21],
]

const INFO = 9
/** Roots of a severity: with and without an error, of each style. */
const PLACES = 2 * Variant.SEVERITY

/** What all loggers of one name share. Their class is their own, because its methods are replaced when the level changes. */
class Family {
  readonly name: string
  readonly number: number
  readonly type: new (family: Family, bound: ReadonlyMap<string, Kept> | null) => LoggerImpl
  threshold = 0
  /** The threshold for what other loggers have let through. */
  thresholdForOthers = 0
  private readonly roots: (Root | undefined)[] = []

  constructor(name: string) {
    this.name = name
    this.number = binding.logger(name)
    this.type = class extends LoggerImpl {}
    this.apply()
  }

  /** Where the forms of a severity begin. */
  root(severity: number, error: boolean, style: Style): Root {
    const place = severity * PLACES + (error ? Variant.SEVERITY : 0) + style
    return this.roots[place] ?? this.plant(place, severity, error, style)
  }

  private plant(place: number, severity: number, error: boolean, style: Style): Root {
    while (this.roots.length < Threshold.NOTHING * PLACES) this.roots.push(undefined)
    const variant = this.number * Variant.LOGGER + severity * Variant.SEVERITY + style
    const root = new Root(Owner.LOG, variant, '', error)
    this.roots[place] = root
    return root
  }

  /** Gives the class the methods that the level in force calls for. Before the first use each of them is that use. */
  apply(): void {
    this.threshold = state.configured ? binding.threshold(this.number) : 0
    this.thresholdForOthers = state.configured ? binding.thresholdForOthers(this.number) : 0
    const methods = this.type.prototype as unknown as { [name: string]: LogMethod }
    for (const [level, severity] of LEVELS) methods[level] = this.method(severity)
  }

  private method(severity: number): LogMethod {
    if (!state.configured) return first(severity)
    return severity >= this.threshold ? recording(severity) : silent
  }
}

function silent(): void {}

function recording(severity: number): LogMethod {
  return function (this: LoggerImpl, message: unknown, a?: unknown, b?: unknown): void {
    record(this, severity, message, a, b, arguments.length > 3 ? [...arguments] : undefined)
  }
}

function first(severity: number): LogMethod {
  return function (this: LoggerImpl, message: unknown, a?: unknown, b?: unknown): void {
    begin()
    if (severity >= (this?.family.threshold ?? 0)) record(this, severity, message, a, b, arguments.length > 3 ? [...arguments] : undefined)
  }
}

/** A logger. Its level methods are on the class of its family. */
class LoggerImpl implements Logger, Origin {
  declare readonly trace: LogMethod
  declare readonly debug: LogMethod
  declare readonly info: LogMethod
  declare readonly warn: LogMethod
  declare readonly error: LogMethod
  declare readonly fatal: LogMethod
  readonly family: Family
  readonly bound: ReadonlyMap<string, Kept> | null
  serial = 0
  place = 0

  constructor(family: Family, bound: ReadonlyMap<string, Kept> | null) {
    this.family = family
    this.bound = bound
  }

  get name(): string {
    return this.family.name
  }

  log(level: string | number, message: unknown, a?: unknown, b?: unknown): void {
    if (!state.configured) begin()
    const severity = severityOf(level)
    if (severity >= this.family.threshold) record(this, severity, message, a, b, arguments.length > 4 ? [...arguments].slice(1) : undefined)
  }

  bind(attributes: Attributes): Logger {
    return new this.family.type(this.family, keepBehind(this.bound, attributes))
  }

  isEnabled(level: string | number): boolean {
    if (!state.configured) begin()
    return severityOf(level) >= this.family.threshold
  }
}

const severities = new Map<unknown, number>(LEVELS)

/** The severity number of a level. Recording never fails, so what is no level counts as info. */
function severityOf(level: unknown): number {
  const known = severities.get(level)
  if (known !== undefined) return known
  const found = severityIfLevel(level) || INFO
  if (severities.size < 200) severities.set(level, found)
  return found
}

/** The same, and 0 for what is no level. */
export function severityIfLevel(level: unknown): number {
  return typeof level === 'number' ? numbered(level) : typeof level === 'string' ? severityNamed(level) : 0
}

/** In Node a number is one of pino's, from 10 for trace to 60 for fatal; one of its own levels counts as the one below. */
function numbered(level: number): number {
  if (!(level > 0)) return 0
  const [, severity] = LEVELS[Math.min(Math.max(Math.floor(level / 10), 1), LEVELS.length) - 1] as (typeof LEVELS)[number]
  return severity
}

function severityNamed(level: string): number {
  return /^\d+$/.test(level) ? numbered(Number(level)) : binding.severity(level)
}

/** Loggers by name, kept for the life of the process: names stand in the code, they are not data. */
const families = new Map<string, Family>()

onChange(() => {
  for (const family of families.values()) family.apply()
})

/** The logger of this name. Without a name it is the program's. */
export function getLogger(name?: string): Logger {
  return named(typeof name === 'string' && name !== '' ? name : program())
}

/** The logger of exactly this name, which may be empty. */
function named(name: string): LoggerImpl {
  let family = families.get(name)
  if (family === undefined) {
    family = new Family(name)
    families.set(name, family)
  }
  return new family.type(family, null)
}

/** Whether a record with this severity number would be written. */
export function lets(logger: Logger, severity: number): boolean {
  if (!state.configured) begin()
  return severity >= (logger as LoggerImpl).family.threshold
}

/** `emit` for the scope of a span: where it has no name, the record has no logger. */
export function emitFor(scope: string, severity: number, call: Call, at: number | undefined): void {
  emit(named(scope), severity, call, at)
}

/**
 * Writes a record that another logger has let through: a level that nobody set does not count. `at` is its time in milliseconds
 * since 1970, now where that is not known and under a clock of tests. Never throws.
 */
export function tell(name: string, severity: number, call: Told, at?: number): void {
  if (!state.configured) begin()
  const logger = named(name)
  if (severity < logger.family.thresholdForOthers) return
  const time = at === undefined || state.settings.testing ? undefined : at * 1000
  record(logger, severity, undefined, undefined, undefined, undefined, call, time)
}

/** Writes a record whose parts are known, `at` microseconds since 1970 or now. Never throws. */
export function emit(logger: Logger, severity: number, call: Call, at: number | undefined): void {
  if (lets(logger, severity)) record(logger as LoggerImpl, severity, undefined, undefined, undefined, undefined, call, at)
}
