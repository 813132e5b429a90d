// A value that was written with tags and taken out of the columns, to be put into any batch later.
// Not for walking values: see write_value.ts.

import type { Columns } from '../batch/columns.js'
import { borrow } from '../batch/handover.js'

/** A written value. Nothing of what it was made from can change it. */
export class Encoded {
  constructor(
    readonly text: string,
    readonly ints: Int32Array,
    readonly nums: Float64Array,
  ) {}
}

/** Of values that hold no numbers, as most do. */
const NO_NUMS = new Float64Array(0)

/** Takes out what `write` puts into columns, which are then as they were. User code that `write` runs may record meanwhile. */
export function encode(write: (c: Columns) => void): Encoded {
  const c = borrow()
  const { text, intCount, numCount } = c
  c.busy = true
  c.text = ''
  try {
    write(c)
    const nums = c.numCount === numCount ? NO_NUMS : c.nums.slice(numCount, c.numCount)
    return new Encoded(c.text, c.ints.slice(intCount, c.intCount), nums)
  } finally {
    c.text = text
    c.intCount = intCount
    c.numCount = numCount
    c.busy = false
  }
}

/** Puts a written value into the columns. */
export function replay(c: Columns, { text, ints, nums }: Encoded): void {
  c.roomInts(ints.length)
  c.ints.set(ints, c.intCount)
  c.intCount += ints.length
  if (nums.length > 0) {
    c.roomNums(nums.length)
    c.nums.set(nums, c.numCount)
    c.numCount += nums.length
  }
  c.text += text
}
