// Attributes that need care: class instances, proxies, accessors, names that no form has yet.
// Not for plain objects of a known form: see lib/flat.ts.

import { monotonic } from './clock.js'
import type { Columns } from './columns.js'
import { putValue } from './convert.js'
import { BOOL, type Form, NULL, NUM, REST, STR, TAGGED } from './forms.js'
import { state } from './state.js'
import * as tag from './tags.js'
import { Walk } from './walk.js'

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

/** Names longer than this are data: they do not become part of a form. */
const MAX_NAME = 256

/**
 * Writes the attributes from `stop` on, descriptors first: an accessor gets no form of its own kind, so the hot loop always
 * leaves off before one. Its budget began when the call did, at `time`.
 */
export function putRest(c: Columns, form: Form, attributes: object, stop: Stop, time: number): Form {
  const walk = new Walk()
  if (!state.settings.testing) walk.spend(monotonic() - (time - state.wallOffset) / 1000)
  const members = new Members(c, form, walk)
  const keys = keysOf(attributes)
  const last = Math.min(keys.length, state.settings.limits.attributes + 1)
  for (let i = stop.seen; i < last; i++) {
    const key = keys[i] as string
    const data = Walk.isData(attributes, key)
    if (i > stop.seen) members.put(key, walk.read(attributes, key), data)
    else if (stop.threw) members.put(key, Walk.THREW, false)
    else members.put(key, stop.key === key ? stop.value : walk.read(attributes, key), data)
  }
  return members.end()
}

function keysOf(attributes: object): readonly string[] {
  try {
    return Object.keys(attributes)
  } catch {
    // A proxy that does not tell its names has none.
    return []
  }
}

/** How a value stands in the columns when its form says the kind. */
function kindOf(value: unknown): number {
  if (typeof value === 'string') return STR
  if (typeof value === 'number') return NUM
  if (typeof value === 'boolean') return BOOL
  return value === null ? NULL : TAGGED
}

/** Appends members to a form, and to the columns what the form does not say. */
export class Members {
  /** No form has the next name: the members from there on bring their names along. */
  private bringing = false

  constructor(
    private readonly c: Columns,
    private form: Form,
    private readonly walk: Walk,
  ) {}

  /** One member; `data` tells that its kind may be remembered. */
  put(key: string, value: unknown, data: boolean): void {
    if (value === undefined) return
    const kind = data ? kindOf(value) : TAGGED
    if (!this.bringing && !this.enter(key, kind)) this.bring()
    if (this.bringing) {
      tag.putText(this.c, tag.T_KEY, key)
      this.tagged(value)
    } else this.flat(kind, value)
  }

  private enter(key: string, kind: number): boolean {
    const next = key.length > MAX_NAME ? null : this.form.grow(key, kind)
    if (next !== null) this.form = next
    return next !== null
  }

  private bring(): void {
    this.bringing = true
    this.form = this.form.grow('', REST) as Form
  }

  private flat(kind: number, value: unknown): void {
    const { c } = this
    if (kind === STR) {
      const kept = tag.cut(value as string, state.settings.limits.string_bytes)
      c.text += kept
      c.ints[c.intCount++] = kept.length
    } else if (kind === NUM) c.nums[c.numCount++] = value as number
    else if (kind === BOOL) c.ints[c.intCount++] = value === true ? 1 : 0
    else if (kind === TAGGED) this.tagged(value)
  }

  private tagged(value: unknown): void {
    if (value === Walk.THREW) tag.putMark(this.c, tag.GETTER_THREW)
    else putValue(this.c, value, this.walk)
  }

  /** The form that the members lead to. */
  end(): Form {
    if (this.bringing) tag.putTag(this.c, tag.T_END)
    return this.form
  }
}
