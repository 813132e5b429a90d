// The names in force: the released ones of OpenTelemetry's conventions, or the latest where the user asks for them.
// Not for what stands under them: semantics.ts is the table.

import { ATTRIBUTES, OPT_IN } from './semantics.js'

const OPT_IN_VARIABLE = 'OTEL_SEMCONV_STABILITY_OPT_IN'

/** Whether the environment asks for the latest names. */
export function wantsLatest(): boolean {
  const words = (process.env[OPT_IN_VARIABLE] ?? '').split(',')
  return words.some((word) => word.trim() === OPT_IN)
}

/** A name of the table, which may have two forms. */
export type Named = string | { readonly released: string; readonly latest: string }

/** One name of the table. */
export function chosen(name: Named, isLatest: boolean): string {
  return typeof name === 'string' ? name : isLatest ? name.latest : name.released
}

/** The attributes' names by the table's keys. */
export type Names = { readonly [key in keyof typeof ATTRIBUTES]: string }

/** The names of one form. */
export function namesOf(isLatest: boolean): Names {
  const pairs = Object.entries<Named>(ATTRIBUTES).map(([key, name]) => [key, chosen(name, isLatest)])
  return Object.fromEntries(pairs) as Names
}
