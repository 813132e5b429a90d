// The error that set-up throws.

import type { ConfigProblem } from '../types.js'

/** A configuration or instrument that cannot be used. Lists every problem at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'VIGIE_CONFIG'
  readonly problems: readonly ConfigProblem[]

  constructor(message: string, problems: readonly ConfigProblem[]) {
    super(message)
    this.problems = problems
  }
}

/** Makes a call of set-up. What the core throws against its arguments is thrown on as a `ConfigError`. */
export function setUp<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    const { message, problems } = error as { message: string; problems?: ConfigProblem[] }
    throw problems === undefined ? error : new ConfigError(message, problems)
  }
}
