// Identifiers as hexadecimal text, both ways, without allocating more than the text.
// Not for making identifiers: see lib/ids.ts.

const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function byte(value: number): string {
  return BYTES[value & 0xff] as string
}

/** Eight lower-case digits. */
export function hex32(value: number): string {
  return byte(value >>> 24) + byte(value >>> 16) + byte(value >>> 8) + byte(value)
}

/** Sixteen lower-case digits. */
export function hex64(high: number, low: number): string {
  return hex32(high) + hex32(low)
}

/** Value of one lower-case digit by its character code; -1 for anything else. */
export function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  return code >= 97 && code <= 102 ? code - 87 : -1
}

/** Whether all of `count` characters from `start` are lower-case digits. */
export function isHex(text: string, start: number, count: number): boolean {
  for (let i = start; i < start + count; i++) if (digit(text.charCodeAt(i)) < 0) return false
  return true
}

/** Eight digits from `start`, known to be digits, as 32 bits. */
export function parse32(text: string, start: number): number {
  let value = 0
  for (let i = start; i < start + 8; i++) value = (value << 4) | digit(text.charCodeAt(i))
  return value
}
