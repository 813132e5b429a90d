// A map that forgets its oldest entries.

export class Bounded<V> {
  private readonly entries = new Map<string, V>()
  /** Entries that were forgotten. */
  forgotten = 0

  constructor(private readonly most: number) {}

  get size(): number {
    return this.entries.size
  }

  get(key: string): V | undefined {
    return this.entries.get(key)
  }

  set(key: string, value: V): void {
    this.entries.delete(key)
    this.entries.set(key, value)
    if (this.entries.size <= this.most) return
    for (const oldest of this.entries.keys()) {
      this.entries.delete(oldest)
      this.forgotten++
      break
    }
  }

  /** The value, which is no longer kept. */
  take(key: string): V | undefined {
    const value = this.entries.get(key)
    this.entries.delete(key)
    return value
  }
}
