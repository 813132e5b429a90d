// The logger of NestJS. Nest is not imported: a LoggerService is an object with these methods.

import { sorted, type Told } from '../logs/arguments.js'
import { tell } from '../logs/logger.js'
import { quietly } from '../values/budget.js'
import { ToldError } from '../values/read_error.js'

/** The levels of Nest, least severe first. */
export type NestLevel = 'verbose' | 'debug' | 'log' | 'warn' | 'error' | 'fatal'

const SEVERITIES: ReadonlyMap<NestLevel, number> = new Map([
  ['verbose', 1],
  ['debug', 5],
  ['log', 9],
  ['warn', 13],
  ['error', 17],
  ['fatal', 21],
])
/** How a stack looks, as Nest tells one from a context. */
const STACK = /^(.)+\n\s+at .+:\d+:\d+/

/**
 * A `LoggerService` for NestJS: `NestFactory.create(AppModule, { logger: new NestLogger() })` or `app.useLogger(new NestLogger())`. The context, which Nest
 * hands over as the last text, is the logger's name, `nest` without one. A stack that `error` and `fatal` are given becomes
 * `error`, as an error does; objects are attributes, and further texts the list `args`. Levels are those of `setLogLevels`, all by default,
 * and those of the settings where `level` or `levels` are set. Methods throw nothing.
 */
export class NestLogger {
  private least = 0

  log(message: unknown, ...rest: unknown[]): void {
    this.record('log', message, rest)
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.record('error', message, rest)
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.record('warn', message, rest)
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.record('debug', message, rest)
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.record('verbose', message, rest)
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.record('fatal', message, rest)
  }

  /** As Nest has it: the least severe level of the list, and those above it. An empty list is none. */
  setLogLevels(levels: readonly NestLevel[]): void {
    const numbers = quietly<readonly number[]>([], () => levels.flatMap((level) => SEVERITIES.get(level) ?? []))
    this.least = Math.min(...numbers)
  }

  private record(level: NestLevel, message: unknown, rest: readonly unknown[]): void {
    const severity = SEVERITIES.get(level) as number
    if (severity < this.least) return
    const [context, values] = parted(rest)
    const told = quietly<Told | undefined>(undefined, () => toldBy(severity, message, values))
    if (told !== undefined) tell(context === '' ? 'nest' : context, severity, told)
  }
}

/** The context, which is the last text that is no stack, and what is not that. */
function parted(rest: readonly unknown[]): readonly [string, readonly unknown[]] {
  const given = rest.length > 0 && rest.at(-1) === undefined ? rest.slice(0, -1) : rest
  const last = given.at(-1)
  return typeof last === 'string' && !STACK.test(last) ? [last, given.slice(0, -1)] : ['', given]
}

function toldBy(severity: number, message: unknown, values: readonly unknown[]): Told {
  const stack = values.find((value): value is string => typeof value === 'string' && STACK.test(value))
  const others = values.filter((value) => value !== stack && value !== undefined)
  const call = sorted(severity, [message, ...others])
  const error = call.error ?? (stack === undefined ? undefined : ToldError.ofStack(stack))
  return { message: call.message, isTemplate: false, error, attributes: call.attributes, filledFrom: '' }
}
