// A map of so many entries, of which the oldest is forgotten first.

export class Bounded<V> {
  private readonly entries = new Map<string, V>()

  constructor(private readonly most: number) {}

  set(key: string, value: V): void {
    this.entries.set(key, value)
    if (this.entries.size > this.most) this.entries.delete(this.entries.keys().next().value as string)
  }

  /** Takes an entry out. */
  take(key: string): V | undefined {
    const value = this.entries.get(key)
    if (value !== undefined) this.entries.delete(key)
    return value
  }
}
