// The console of the program as a logger. Not for Vigie's own output to the terminal, which does not go through it.

import { formatWithOptions } from 'node:util'
import type { Told } from '../logs/arguments.js'
import { tell } from '../logs/logger.js'
import { quietly } from '../values/budget.js'
import { isError } from '../values/read_error.js'

/** How the console is captured. */
export interface ConsoleOptions {
  /** Whether it goes on to write to the terminal itself. Default: false. */
  readonly keepOutput?: boolean
}

const METHODS = [
  ['log', 9],
  ['info', 9],
  ['warn', 13],
  ['error', 17],
  ['debug', 5],
  ['trace', 1],
] as const

type Method = (...args: unknown[]) => void
type Methods = { [name: string]: Method }

/** The captures in force, the last one first. Each has put its methods in the place of those before. */
let depth = 0

/**
 * Records what the program writes by `console.log`, `info`, `warn`, `error`, `debug` and `trace`, and by the methods that are made of these
 * (`assert`, `table`, `count`, `timeEnd`), as records of the logger `console`. The message is the text that the console would have
 * written, `template` its first argument where that has places that are filled, and `args` the values. The first error among
 * them is `error`. Every level is recorded unless `level` or `levels` of the settings say otherwise. What objects of the program
 * write while they are shown goes to the terminal. Returns what ends it. Never throws.
 */
export function captureConsole(options?: ConsoleOptions): () => void {
  const keepsOutput = quietly(false, () => options?.keepOutput === true)
  const methods = console as unknown as Methods
  const undo = METHODS.map(([name, severity]) => {
    const before = methods[name] as Method
    const after: Method = (...args) => {
      // What is shown for a record may write itself: its text would be made of its text.
      const isWithin = depth > 0
      depth++
      try {
        if (!isWithin) record(severity, name, args, after)
        if (isWithin || keepsOutput) Reflect.apply(before, console, args)
      } finally {
        depth--
      }
    }
    methods[name] = after
    return () => {
      // Somebody may have put another one there since.
      if (methods[name] === after) methods[name] = before
    }
  })
  return () => undo.forEach((one) => one())
}

function record(severity: number, name: string, args: readonly unknown[], caller: Method): void {
  const told = quietly<Told | undefined>(undefined, () => toldBy(args))
  if (told === undefined) return
  if (name !== 'trace') return tell('console', severity, told)
  const at: { stack?: string } = {}
  Error.captureStackTrace(at, caller)
  tell('console', severity, { ...told, attributes: { ...told.attributes, 'code.stacktrace': at.stack?.split('\n').slice(1).join('\n') } })
}

/** What a call says. */
function toldBy(args: readonly unknown[]): Told {
  const error = args.find((value) => typeof value === 'object' && value !== null && isError(value))
  const [first] = args
  if (args.length < 2) return { message: shown(args), isTemplate: false, error, attributes: undefined, filledFrom: '' }
  const rest = typeof first === 'string' ? args.slice(1) : args
  const values = rest.filter((value) => value !== error)
  const hasPlaces = typeof first === 'string' && /%[sdifjoOc]/.test(first)
  return {
    message: shown(args),
    isTemplate: false,
    error,
    attributes: values.length === 0 ? undefined : { args: values },
    filledFrom: hasPlaces ? first : '',
  }
}

/** The text that the console writes, but of an error what it says: where it came from stands in `error`. */
function shown(args: readonly unknown[]): string {
  const said = args.map((value) => (typeof value === 'object' && value !== null && isError(value) ? saidBy(value) : value))
  return formatWithOptions({ colors: false }, ...said)
}

function saidBy(error: Error): unknown {
  return quietly<unknown>(error, () => new Said(String(error)))
}

/** A text that is not quoted where a text within an object would be. */
class Said {
  constructor(private readonly text: string) {}

  toString(): string {
    return this.text
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.text
  }
}
