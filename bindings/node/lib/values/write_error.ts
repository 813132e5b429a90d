// The error of a record, with its causes and members, into the columns.
// Not for reading errors: see read_error.ts.

import type { Columns } from '../batch/columns.js'
import { putStack, putTag, putText } from '../batch/value_tags.js'
import { Most, Tag } from '../batch/wire.js'
import { state } from '../runtime/state.js'
import { Walk } from './budget.js'
import { readThrown } from './read_error.js'
import { putMember } from './write_value.js'

/** Writes an error and what belongs to it. */
export function putErrors(c: Columns, error: unknown): void {
  new Errors(c).put(error)
}

/** An error on its way into the columns. */
class Errors {
  private readonly walk = new Walk()
  /** The errors around the one at hand. */
  private readonly path: unknown[] = []
  private left: number = Most.ERRORS

  constructor(private readonly c: Columns) {}

  put(error: unknown): void {
    const { c } = this
    this.left--
    const { type, message, stack, cause, errors, own } = readThrown(error, this.walk)
    c.roomInts(6)
    putText(c, type)
    putText(c, message)
    putStack(c, stack)
    this.attributes(error, own)
    this.path.push(error)
    c.roomInts(2)
    const head = c.intCount
    c.intCount += 2
    const hasCause = cause !== undefined && this.within(cause)
    if (hasCause) this.put(cause)
    const count = errors.length === 0 ? 0 : this.each(errors)
    c.ints[head] = hasCause ? 1 : 0
    c.ints[head + 1] = count
    this.path.pop()
  }

  private attributes(error: unknown, own: readonly string[]): void {
    const { c, walk } = this
    const limit = Math.min(own.length, state.settings.limits.attributes + 1)
    for (let i = 0; i < limit && walk.hasRoom(); i++) {
      const key = own[i] as string
      putMember(c, key, walk.read(error as object, key), walk)
    }
    putTag(c, Tag.END)
  }

  /** Whether an error is told: it is not around itself, goes no deeper than is told, and there is room for it. */
  private within(error: unknown): boolean {
    return this.left > 0 && this.path.length <= Most.ERROR_DEPTH && !this.path.includes(error)
  }

  /** How many of these are told. A gap in the list is no error. */
  private each(errors: readonly unknown[]): number {
    let count = 0
    errors.forEach((one) => {
      if (!this.within(one)) return
      this.put(one)
      count++
    })
    return count
  }
}
