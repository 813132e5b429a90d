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
    const causes = cause === undefined ? 0 : this.each(this.within([cause]))
    const count = errors.length === 0 ? 0 : this.each(this.within(errors))
    c.ints[head] = causes
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

  /** Those that are not around themselves, as long as it goes no deeper than is told. */
  private within(errors: readonly unknown[]): readonly unknown[] {
    return this.path.length > Most.ERROR_DEPTH ? [] : errors.filter((one) => !this.path.includes(one))
  }

  /** How many of these there was room for. */
  private each(errors: readonly unknown[]): number {
    let count = 0
    for (const one of errors) {
      if (this.left <= 0) break
      this.put(one)
      count++
    }
    return count
  }
}
