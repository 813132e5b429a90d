// How large a result is, as bytes of JSON and as estimated tokens, without writing the JSON.
// Not for what goes over the wire byte by byte: escapes inside of texts are not counted.

import { BYTES_PER_TOKEN } from './names.js'

/** The bytes of `value` as compact JSON in UTF-8. What JSON leaves out is not counted; a cycle is entered once. */
export function sizeOf(value: unknown): number {
  let total = 0
  const left: unknown[] = [value]
  const seen = new Set<object>()
  while (left.length > 0) {
    const item = left.pop()
    if (typeof item === 'string') total += 2 + Buffer.byteLength(item)
    else if (typeof item !== 'object' || item === null) total += String(item ?? null).length
    else if (!seen.has(item)) {
      seen.add(item)
      total += members(item, left)
    }
  }
  return total
}

function members(item: object, left: unknown[]): number {
  if (Array.isArray(item)) {
    left.push(...item)
    return 2 + Math.max(item.length - 1, 0)
  }
  const given = Object.entries(item).filter(([, member]) => member !== undefined && typeof member !== 'function')
  for (const [key, member] of given) left.push(key, member)
  // A colon for each member, a comma between two; the quotes are counted with the key.
  return 2 + given.length + Math.max(given.length - 1, 0)
}

/** An estimate: a quarter of the bytes, rounded up. */
export function tokensOf(size: number): number {
  return Math.ceil(size / BYTES_PER_TOKEN)
}
