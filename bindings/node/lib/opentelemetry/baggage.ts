// The baggage of the OpenTelemetry API as Vigie carries it. Of its metadata only this process knows: it does not travel.

import type { Baggage } from '@opentelemetry/api'
import { Carried, NOTHING_CARRIED } from '../context/context.js'
import { membersOf } from '../context/headers.js'
import { fault } from './fault.js'
import { api } from './packages.js'

/** Baggage that was asked for or given, by what carries it. */
const known = new WeakMap<Carried, Baggage | undefined>()

/** The baggage in what is carried. */
export function baggageOf(carried: Carried | null): Baggage | undefined {
  if (carried === null) return undefined
  if (known.has(carried)) return known.get(carried)
  const { baggage } = carried.cleaned()
  const made = baggage === '' ? undefined : api().propagation.createBaggage(entries(baggage))
  known.set(carried, made)
  return made
}

function entries(header: string): Record<string, { value: string }> {
  return Object.fromEntries([...membersOf(header)].map(([key, value]) => [key, { value }]))
}

/** What is carried, with other baggage. */
export function carriedWith(carried: Carried | null, baggage: Baggage | undefined): Carried {
  const { attributes, traceState, others, aside, request } = carried ?? NOTHING_CARRIED
  const made = new Carried(attributes, traceState, header(baggage), false, others, aside, request)
  known.set(made, baggage)
  return made
}

/** What is carried, with other keys of the API. The baggage is the same object as before. */
export function carriedBeside(carried: Carried | null, others: object): Carried {
  const { attributes, traceState, baggage, aside, request } = carried ?? NOTHING_CARRIED
  const made = new Carried(attributes, traceState, baggage, false, others, aside, request)
  if (carried !== null && known.has(carried)) known.set(made, known.get(carried))
  return made
}

function header(baggage: Baggage | undefined): string {
  if (baggage === undefined) return ''
  try {
    return baggage.getAllEntries().map(([key, { value }]) => `${key}=${encodeURIComponent(value)}`).join(',')
  } catch (error) {
    fault('baggage', error)
    return ''
  }
}
