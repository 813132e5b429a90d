// Attributes that need care: class instances, proxies, accessors, names that no form has yet.
// Not for plain objects of a known form: see attributes_fast.ts.

import type { Columns } from '../batch/columns.js'
import type { Form } from '../batch/forms.js'
import { putKey, putTag, putText } from '../batch/value_tags.js'
import { Kind, Tag } from '../batch/wire.js'
import { msSince } from '../runtime/clock.js'
import { state } from '../runtime/state.js'
import { namesOf, Walk } from './budget.js'
import { kindOf } from './kinds.js'
import { putFound } from './write_value.js'

/** Where the hot loop left off. */
export interface Stop {
  /** Members that are done. */
  readonly seen: number
  /** The next member, when it was read already. */
  readonly key: string | undefined
  readonly value: unknown
  /** Reading the next member threw. */
  readonly threw: boolean
}

/** Nothing is done yet. */
export const START: Stop = { seen: 0, key: undefined, value: undefined, threw: false }

/** Names longer than this are data, they do not become part of a form. */
const MAX_NAME = 256

/**
 * Writes the attributes from `stop` on and looks at their descriptors first. An accessor gets no form of its own kind, so the
 * hot loop, which began at `time`, always leaves off at one that it has called.
 */
export function putRest(c: Columns, form: Form, attributes: object, stop: Stop, time: number): Form {
  const keys = namesOf(attributes)
  const last = Math.min(keys.length, state.settings.limits.attributes + 1)
  if (stop.seen >= last) return form
  const walk = new Walk()
  const members = new Members(c, form, walk)
  for (let i = stop.seen; i < last; i++) {
    const key = keys[i] as string
    const data = Walk.isData(attributes, key)
    const wasRead = i === stop.seen && (stop.threw || stop.key === key)
    if (wasRead && !data) walk.spend(msSince(time))
    const value = !wasRead ? walk.read(attributes, key) : stop.threw ? Walk.THREW : stop.value
    members.put(key, value, data && value !== Walk.THREW)
  }
  return members.end()
}

/** Appends members to a form, and to the columns whatever the form does not say. */
export class Members {
  /** There was no form for a name, so the members from there on bring their names along. */
  private bringing = false

  constructor(
    private readonly c: Columns,
    private form: Form,
    private readonly walk: Walk,
  ) {}

  /** One member. Its kind may be remembered when it is `data`, not when an accessor gave it. */
  put(key: string, value: unknown, data: boolean): void {
    if (value === undefined) return
    const kind = data ? kindOf(value) : Kind.TAGGED
    if (!this.bringing && !this.enter(key, kind)) this.bring()
    if (this.bringing) {
      putKey(this.c, key)
      this.tagged(value)
    } else this.flat(kind, value)
  }

  private enter(key: string, kind: Kind): boolean {
    const next = key.length > MAX_NAME ? null : this.form.grow(key, kind)
    if (next !== null) this.form = next
    return next !== null
  }

  private bring(): void {
    this.bringing = true
    this.form = this.form.grow('', Kind.REST) as Form
  }

  private flat(kind: Kind, value: unknown): void {
    const { c } = this
    if (kind === Kind.STR) putText(c, value as string)
    else if (kind === Kind.NUM) c.nums[c.numCount++] = value as number
    else if (kind === Kind.BOOL) c.ints[c.intCount++] = value === true ? 1 : 0
    else if (kind === Kind.TAGGED) this.tagged(value)
  }

  private tagged(value: unknown): void {
    putFound(this.c, value, this.walk)
  }

  /** The form that the members lead to. */
  end(): Form {
    if (this.bringing) putTag(this.c, Tag.END)
    return this.form
  }
}
