// Values of the caller as plain data: what a logger writes must not be circular, endless, or change while it waits.

import type { Attributes, Value } from './record.js'

const MOST_DEEP = 6
const MOST_ENTRIES = 64
const MOST_CHARACTERS = 8192
const CUT = '[truncated]'

/** Attributes as plain data; undefined when there are none. What cannot be read is left out. */
export function plainAttributes(attributes: { readonly [key: string]: unknown } | undefined): Attributes | undefined {
  if (attributes === undefined) return undefined
  const plain = plainValue(attributes, 0) as Attributes
  return Object.keys(plain).length === 0 ? undefined : plain
}

function plainValue(value: unknown, depth: number): Value | undefined {
  switch (typeof value) {
    case 'string':
      return value.length > MOST_CHARACTERS ? value.slice(0, MOST_CHARACTERS) + CUT : value
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
      return value
    case 'bigint':
      return value.toString()
    case 'object':
      return value === null ? null : plainObject(value, depth)
    default:
      return undefined
  }
}

function plainObject(value: object, depth: number): Value {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Error) return { type: value.name, message: value.message }
  if (depth >= MOST_DEEP) return CUT
  if (Array.isArray(value)) {
    const kept = value.slice(0, MOST_ENTRIES).map((member) => plainValue(member, depth + 1) ?? null)
    return value.length > MOST_ENTRIES ? [...kept, CUT] : kept
  }
  const keys = Object.keys(value)
  const entries = keys.slice(0, MOST_ENTRIES).map((key) => [key, plainValue(read(value, key), depth + 1)] as const)
  const kept: { [key: string]: Value } = {}
  for (const [key, member] of entries) if (member !== undefined) kept[key] = member
  if (keys.length > MOST_ENTRIES) kept[CUT] = CUT
  return kept
}

function read(value: object, key: string): unknown {
  try {
    return (value as { readonly [key: string]: unknown })[key]
  } catch {
    return undefined
  }
}
