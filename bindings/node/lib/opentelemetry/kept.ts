// Attributes that a span keeps, as they are read. Not for how they are kept: see values/kept.ts.

import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { Tag } from '../batch/wire.js'
import type { Kept, Pairs } from '../values/kept.js'
import { Encoded } from '../values/snapshot.js'

/** Names and values in turn as an object. */
export function shown(pairs: Pairs, most = Infinity): Attributes {
  const made: Attributes = {}
  const end = Math.min(pairs.length, 2 * most)
  for (let i = 0; i < end; i += 2) made[pairs[i] as string] = valueOf(pairs[i + 1] as Kept)
  return made
}

function valueOf(value: Kept): AttributeValue {
  const read = value instanceof Encoded ? new Reader(value).value() : Array.isArray(value) ? [...(value as unknown[])] : value
  return read as AttributeValue
}

/** Reads a value that was written with tags. */
class Reader {
  private int = 0
  private num = 0
  private unit = 0

  constructor(private readonly from: Encoded) {}

  value(): unknown {
    switch (this.next() as Tag) {
      case Tag.STR:
        return this.text()
      case Tag.BIG:
        return BigInt(this.text())
      case Tag.NUM:
        return this.from.nums[this.num++]
      case Tag.TIME:
        return new Date(this.from.nums[this.num++] as number)
      case Tag.TRUE:
        return true
      case Tag.FALSE:
        return false
      case Tag.BYTES:
        return this.bytes()
      case Tag.LIST:
        return this.list()
      case Tag.MAP:
        return this.map()
      case Tag.MARK:
        this.int++
        return null
      default:
        return null
    }
  }

  private next(): number {
    return this.from.ints[this.int++] as number
  }

  private text(): string {
    const length = this.next()
    return this.from.text.slice(this.unit, (this.unit += length))
  }

  private bytes(): Uint8Array {
    const length = this.next()
    const whole = Int32Array.from(this.from.ints.slice(this.int, (this.int += Math.ceil(length / 4))))
    return new Uint8Array(whole.buffer, 0, length)
  }

  private atEnd(): boolean {
    const isEnd = this.from.ints[this.int] === Tag.END
    if (isEnd) this.int++
    return isEnd
  }

  private list(): unknown[] {
    const made: unknown[] = []
    while (!this.atEnd()) made.push(this.value())
    return made
  }

  private map(): { [key: string]: unknown } {
    const made: { [key: string]: unknown } = {}
    while (!this.atEnd()) {
      this.int++
      made[this.text()] = this.value()
    }
    return made
  }
}
