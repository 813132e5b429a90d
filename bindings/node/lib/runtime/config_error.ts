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

/** Throws what the core reported, if it reported anything. */
export function raise(report: string | null): void {
  if (report === null) return
  const { message, problems } = JSON.parse(report) as { message: string; problems: ConfigProblem[] }
  throw new ConfigError(message, problems)
}
