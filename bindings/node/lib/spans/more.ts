// The attributes of a span beyond the few that stand in fields of their own.

import type { Kept } from '../values/kept.js'

/** So many names are compared one by one: to make a map takes longer. */
const FEW = 16

/** Attributes by name, in order. */
export class More {
  /** Names and values in turn. */
  readonly pairs: Kept[] = []
  private index: Map<string, number> | null = null

  /** How many there are. */
  get count(): number {
    return this.pairs.length / 2
  }

  /** The place of the value of a name, -1 when there is none. */
  find(key: string): number {
    if (this.index !== null) return this.index.get(key) ?? -1
    for (let i = 0; i < this.pairs.length; i += 2) if (this.pairs[i] === key) return i + 1
    return -1
  }

  /** Adds a name that was not found. */
  add(key: string, value: Kept): void {
    this.pairs.push(key, value)
    if (this.index !== null) this.index.set(key, this.pairs.length - 1)
    else if (this.count > FEW) this.reindex()
  }

  private reindex(): void {
    this.index = new Map()
    for (let i = 0; i < this.pairs.length; i += 2) this.index.set(this.pairs[i] as string, i + 1)
  }
}
