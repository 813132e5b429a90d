// How a run ended, by the class of what it ended with. The names of errors are not looked at: a user's class may bear any.

import type { RunStateName } from 'vigie'
import { STATES } from './semantics.js'

/** The name by which a class of LangGraph calls itself, in whichever copy: code that is made smaller loses the name alone. */
function brandOf(kind: unknown): unknown {
  return typeof kind === 'function' ? (kind as { readonly unminifiable_name?: unknown }).unminifiable_name : undefined
}

/** The brands of the error's class and of those that it comes from. */
function brands(error: object): readonly unknown[] {
  const found: unknown[] = []
  for (let at = Object.getPrototypeOf(error) as object | null; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (Object.hasOwn(at, 'constructor')) found.push(brandOf(at.constructor))
  }
  return found
}

/** The state of a run that ended with this error. */
export function stateOf(error: unknown): RunStateName {
  if (typeof error !== 'object' || error === null) return 'error'
  for (const entry of STATES) {
    const is =
      'brand' in entry ? brands(error).includes(entry.brand)
      : 'marker' in entry ? (error as { readonly [key: string]: unknown })[entry.marker] === true
      : 'symbol' in entry ? (error as { readonly [key: symbol]: unknown })[Symbol.for(entry.symbol)] === true
      : 'dom' in entry ? error instanceof DOMException && error.code === DOMException[entry.dom]
      : (error as { readonly code?: unknown }).code === entry.code
    if (is) return entry.state
  }
  return 'error'
}
