// What a carrier holds of the headers that matter, however it gives them: requests, `Headers`, `Map`, lists of pairs, messages.
// Not for what the headers mean: the core knows that, and which ones there are.

import { state } from '../runtime/state.js'
import type { Carrier } from '../types.js'

/** Values and characters of one header that are looked at, one more than any propagator reads. */
const MOST_VALUES = 65
const MOST_CHARACTERS = 8193

/** The headers that matter, as pairs of lower-case name and value; of each no more than what is read, however much a peer sends. */
class Taken {
  readonly pairs: string[] = []
  private readonly counts = new Map<string, { values: number; characters: number }>()

  /** Takes a header whose name, in any case, is one of those that matter. */
  take(name: string, value: unknown): void {
    const lower = name.toLowerCase()
    const { names, prefixes } = state.settings.propagation
    const field = names.includes(lower) ? lower : prefixes.find((prefix) => lower.startsWith(prefix))
    if (field === undefined) return
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value]) this.add(field, lower, one)
  }

  private add(field: string, name: string, value: unknown): void {
    if (value === undefined || value === null) return
    const known = this.counts.get(field)
    const count = known ?? { values: 0, characters: 0 }
    if (known === undefined) this.counts.set(field, count)
    if (count.values === MOST_VALUES) return
    const text = textOf(value).slice(0, MOST_CHARACTERS - count.characters)
    count.values++
    count.characters += text.length
    this.pairs.push(name, text)
  }
}

/** Headers of messages are bytes, which HTTP reads as Latin-1. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
  return String(value)
}

/** The headers of a carrier that matter, as pairs of lower-case name and value. */
export function pairsOf(carrier: Carrier): readonly string[] {
  const taken = new Taken()
  const { get } = carrier as { get?: unknown }
  if (Array.isArray(carrier)) {
    for (const entry of carrier as readonly object[]) takeEntry(taken, entry)
  } else if (typeof get === 'function') {
    fromGetter(taken, carrier as Getter, get as Getter['get'])
  } else {
    for (const name of Object.keys(carrier)) taken.take(name, (carrier as { readonly [name: string]: unknown })[name])
  }
  return taken.pairs
}

/** A pair of name and value, or an object with a header or several. */
function takeEntry(taken: Taken, entry: object): void {
  const pairs = Array.isArray(entry) ? [entry as readonly unknown[]] : Object.entries(entry)
  for (const [name, value] of pairs) if (typeof name === 'string') taken.take(name, value)
}

interface Getter {
  get(name: string): unknown
}

function fromGetter(taken: Taken, carrier: Getter, get: Getter['get']): void {
  const { names, written, prefixes } = state.settings.propagation
  names.forEach((name, at) => {
    // A `Map` tells cases apart.
    taken.take(name, get.call(carrier, name) ?? get.call(carrier, written[at] as string))
  })
  if (prefixes.length === 0 || !(Symbol.iterator in carrier)) return
  for (const entry of carrier as unknown as Iterable<unknown>) {
    const name = Array.isArray(entry) ? String(entry[0]) : ''
    const lower = name.toLowerCase()
    if (prefixes.some((prefix) => lower.startsWith(prefix))) takeEntry(taken, entry as object)
  }
}
