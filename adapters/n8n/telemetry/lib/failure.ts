// What is told of an error: its type and its first words. Stacks and an answer's body stay where they are.

import type { Failure } from './record.js'

const MOST_CHARACTERS = 1024

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error).slice(0, MOST_CHARACTERS) }
  return { type: error.name, message: error.message.slice(0, MOST_CHARACTERS) }
}
