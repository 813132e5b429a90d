// The shape of a filter: which fields are compared how, without what they are compared to. Both languages give the same
// hash; shapes.json has the cases. Not for other parts of a request.
import { createHash } from 'node:crypto'

const MOST_ITEMS = 32
const MOST_DEPTH = 12
const MOST_HASHES = 1000
const hashes = new Map<string, string>()

/** By code points, as Python sorts. */
function sorted(texts: Iterable<string>): string[] {
  return [...texts].sort((a, b) => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))))
}

/** A text with the keys, the names of fields, and for each value only of which kind it is. */
export function shapeOf(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return '-'
  if (typeof value === 'boolean') return 'b'
  if (typeof value === 'number' || typeof value === 'bigint') return 'n'
  if (typeof value !== 'object') return 's'
  if (depth > MOST_DEPTH) return '~'
  if (Array.isArray(value)) {
    const items = new Set(value.slice(0, MOST_ITEMS).map((item) => shapeOf(item, depth + 1)))
    return `[${sorted(items).join(',')}]`
  }
  if (value instanceof Date) return 's'
  const parts: string[] = []
  for (const [name, item] of Object.entries(value)) {
    if (item === null || item === undefined) continue
    parts.push(name === 'key' && typeof item === 'string' ? `${name}=${item}` : `${name}:${shapeOf(item, depth + 1)}`)
  }
  return `{${sorted(parts).join(',')}}`
}

/** The first 16 hex digits of the SHA-256 of the shape. */
export function hashOf(value: unknown): string {
  const shape = shapeOf(value)
  let hash = hashes.get(shape)
  if (hash === undefined) {
    hash = createHash('sha256').update(shape, 'utf8').digest('hex').slice(0, 16)
    if (hashes.size < MOST_HASHES) hashes.set(shape, hash)
  }
  return hash
}
