// Identifiers to and from hexadecimal text, without allocating more than the text.
// Not for making identifiers: see ids.ts.

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

/** Two lower-case digits. */
export function hex8(value: number): string {
  return byte(value)
}

/** Values of the lower-case digits by character code; -1 for anything else. */
const DIGITS = Int8Array.from({ length: 128 }, (_, code) => '0123456789abcdef'.indexOf(String.fromCharCode(code)))

/** Reads digits one word after another. In the end `isValid` tells whether all of them were lower-case digits. */
export class HexReader {
  private seen = 0

  /** Whether nothing but lower-case digits was read. */
  get isValid(): boolean {
    return this.seen >= 0
  }

  /** `count` digits from `start`, at most eight, as a number of 32 bits. */
  word(text: string, start: number, count: number): number {
    let value = 0
    let seen = 0
    for (let i = start; i < start + count; i++) {
      const code = text.charCodeAt(i)
      const digit = code < 128 ? (DIGITS[code] as number) : -1
      seen |= digit
      value = (value << 4) | (digit & 15)
    }
    // A single -1 makes the sum negative for good.
    this.seen |= seen
    return value
  }
}
