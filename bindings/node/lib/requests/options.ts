// What a middleware is told when it is made. Not for what it does with it: see served.ts.

import { getLogger } from '../logs/logger.js'
import { ConfigError } from '../runtime/config_error.js'
import type { Attributes, ConfigProblem } from '../types.js'

/** How requests are served. `R` is a request as the framework has it. */
export interface HttpOptions<R = unknown> {
  /** Whether to open a server span. Default: true. */
  readonly span?: boolean
  /** Whether to write one log record for each request at its end, the wide event. Default: true. */
  readonly event?: boolean
  /** Further context attributes of a request (`user_id`, `tenant_id` and others). What it throws costs these attributes alone. */
  readonly context?: (request: R) => Attributes | null | undefined
  /** Paths of requests that get neither of the two, such as `/health*`; `*` stands for any text. */
  readonly skip?: readonly string[]
}

const ACCEPTED: ReadonlyMap<string, readonly [(value: unknown) => boolean, string]> = new Map([
  ['span', [isBoolean, 'true or false']],
  ['event', [isBoolean, 'true or false']],
  ['context', [(value) => typeof value === 'function', 'a function of the request that gives an object']],
  ['skip', [isTexts, 'a list of texts such as "/health*", where * stands for any text']],
])

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}

/** The options of a middleware, checked. */
export class Options {
  readonly span: boolean
  readonly event: boolean
  private readonly context: ((request: unknown) => unknown) | undefined
  private readonly skip: RegExp | undefined
  private hasTold = false

  /** Throws a `ConfigError` that lists every mistake. */
  constructor(given: unknown) {
    const options = checked(given)
    this.span = options.span ?? true
    this.event = options.event ?? true
    this.context = options.context
    const patterns = (options.skip ?? []).map((path) => path.split('*').map(literal).join('.*'))
    this.skip = patterns.length === 0 ? undefined : new RegExp(`^(?:${patterns.join('|')})$`, 's')
  }

  /** Whether a request to that path gets neither a span nor an event. */
  skips(path: string): boolean {
    return this.skip !== undefined && this.skip.test(path)
  }

  /** What the user's function says of a request. */
  said(request: unknown): unknown {
    if (this.context === undefined) return undefined
    try {
      return this.context(request)
    } catch (error) {
      if (!this.hasTold) getLogger('vigie.http').warn('the function context failed; more of that is not told', error as Error)
      this.hasTold = true
      return undefined
    }
  }
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function checked(given: unknown): HttpOptions {
  const options: unknown = given ?? {}
  const problems = typeof options === 'object' ? problemsOf(options) : [{ key: 'options', value: shown(given), accepted: 'an object' }]
  if (problems.length === 0) return options as HttpOptions
  throw new ConfigError(problems.map(({ key, value, accepted }) => `${key}: ${value}; accepted: ${accepted}`).join('\n'), problems)
}

function problemsOf(options: object | null): ConfigProblem[] {
  const known = [...ACCEPTED.keys()].join(', ')
  return Object.entries(options ?? {}).flatMap(([key, value]) => {
    const rule = ACCEPTED.get(key)
    if (rule === undefined) return [{ key, value: shown(value), accepted: `no such option; there are ${known}` }]
    return value === undefined || rule[0](value) ? [] : [{ key, value: shown(value), accepted: rule[1] }]
  })
}

function shown(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value
  } catch {
    return typeof value
  }
}
