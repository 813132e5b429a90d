// The budgets of one record while its values are walked: nodes, the path for cycles, time for user code.
// Not for writing: see lib/convert.ts.

import { monotonic } from './clock.js'
import { state } from './state.js'
import { guardedText, symbolText } from './text.js'

/** Time that accessors and `toString` methods of one record may take; what is over it stops the next ones. */
const BUDGET_MS = 2

/** One walk through the values of a record. */
export class Walk {
  /** What `read` gives for an accessor that threw or was not called any more. */
  static readonly THREW: unique symbol = Symbol('threw')

  nodes = 0
  /** Containers around the current value. */
  readonly path: object[] = []
  private spent = 0

  /**
   * Whether one more value may follow. The core counts exactly and cuts; this only bounds what it is handed. It does not
   * count what stands in a masked container, which is counted here: hence twice the limit, so that it sees the excess.
   */
  hasRoom(): boolean {
    return this.nodes <= 2 * state.settings.limits.nodes
  }

  /** Takes time off the budget that went by already. */
  spend(ms: number): void {
    this.spent += ms
  }

  /** Runs user code, unless the budget is used up: then, and when it throws, the answer is `THREW`. */
  call(run: () => unknown): unknown {
    if (this.spent > BUDGET_MS) return Walk.THREW
    const start = monotonic()
    try {
      return run()
    } catch {
      return Walk.THREW
    } finally {
      this.spent += monotonic() - start
    }
  }

  /** An own enumerable property: data as it is, an accessor called at most once. */
  read(from: object, key: string): unknown {
    let property: PropertyDescriptor | undefined
    try {
      property = Object.getOwnPropertyDescriptor(from, key)
    } catch {
      return Walk.THREW
    }
    if (property === undefined || property.enumerable !== true) return undefined
    const { get } = property
    return get === undefined ? property.value : this.call(() => get.call(from))
  }

  /** Whether reading this property runs no code. */
  static isData(from: object, key: string): boolean {
    try {
      return Object.getOwnPropertyDescriptor(from, key)?.get === undefined
    } catch {
      return false
    }
  }

  /** A key of a Map as text. */
  keyText(key: unknown): string {
    if (typeof key === 'string') return key
    if (typeof key === 'symbol' || typeof key === 'function') return symbolText(key)
    if (typeof key !== 'object' || key === null) return String(key)
    return guardedText(key, this)
  }
}
