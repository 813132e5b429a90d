// A value that was written with tags and taken out of the columns, to be put into any batch later.
// Not for walking values: see write_value.ts.

import type { Columns } from '../batch/columns.js'
import { borrow } from '../batch/handover.js'

/** A written value. Nothing of what it was made from can change it. Most are small, and for those arrays take less time than typed ones. */
export class Encoded {
  constructor(
    readonly text: string,
    readonly ints: readonly number[],
    readonly nums: readonly number[],
  ) {}
}

/** Of values that hold no numbers, as most do. */
const NO_NUMS: readonly number[] = []

function taken(from: Int32Array | Float64Array, start: number, end: number): readonly number[] {
  const all: number[] = []
  for (let i = start; i < end; i++) all.push(from[i] as number)
  return all
}

/** Takes out what `write` puts into columns, which are then as they were. User code that `write` runs may record meanwhile. */
export function encode(write: (c: Columns) => void): Encoded {
  const c = borrow()
  const { text, intCount, numCount } = c
  c.busy = true
  c.text = ''
  try {
    write(c)
    const nums = c.numCount === numCount ? NO_NUMS : taken(c.nums, numCount, c.numCount)
    return new Encoded(c.text, taken(c.ints, intCount, c.intCount), nums)
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
  let at = c.intCount
  for (let i = 0; i < ints.length; i++) c.ints[at++] = ints[i] as number
  c.intCount = at
  if (nums.length > 0) {
    c.roomNums(nums.length)
    c.nums.set(nums, c.numCount)
    c.numCount += nums.length
  }
  c.text += text
}
