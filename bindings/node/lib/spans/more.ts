// The attributes of a span beyond the few that stand in fields of their own.

import type { Kept } from '../values/kept.js'

/** So many names are compared one by one. */
const FEW = 16

/** Attributes by name, in order. To make a map takes longer than to compare a few names. */
export class More {
  readonly keys: string[] = []
  readonly values: Kept[] = []
  private index: Map<string, number> | null = null

  /** The place of a name, -1 when there is none. */
  find(key: string): number {
    return this.index === null ? this.keys.indexOf(key) : (this.index.get(key) ?? -1)
  }

  /** Adds a name that was not found. */
  add(key: string, value: Kept): void {
    this.keys.push(key)
    this.values.push(value)
    if (this.index !== null) this.index.set(key, this.keys.length - 1)
    else if (this.keys.length > FEW) this.index = new Map(this.keys.map((name, i) => [name, i]))
  }
}
