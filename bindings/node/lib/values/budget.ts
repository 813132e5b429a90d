// The budget of one record while its values are walked: nodes, the path for cycles, time for user code.

import { monotonic } from '../runtime/clock.js'
import { state } from '../runtime/state.js'

/** The time that users' code of one record may take: accessors, `toString` methods, traps. When it is used up, no further one is called. */
const BUDGET_MS = 2

/** One walk through the values of a record. */
export class Walk {
  /** What `read` and `call` give for code that threw. */
  static readonly THREW: unique symbol = Symbol('threw')
  /** What they give for code that was not called any more. */
  static readonly OVER: unique symbol = Symbol('over budget')

  nodes = 0
  /** Containers around the current value, and how many they are. The list of a walk through scalars is never made. */
  private path: object[] | null = null
  depth = 0
  private spent = 0

  /** Goes into a container, unless it is one of those around. */
  enter(container: object): boolean {
    if (this.path === null) {
      // With these places from the beginning: the engine gives an empty list that grows more of them than a walk ever needs.
      this.path = [container, container, container, container]
    } else {
      for (let i = 0; i < this.depth; i++) if (this.path[i] === container) return false
      this.path[this.depth] = container
    }
    this.depth++
    return true
  }

  /** Comes out of it. */
  leave(): void {
    this.depth--
  }

  /**
   * Whether one more value may follow. The core counts exactly and cuts, this only bounds what the core is handed. Values in a
   * masked container count here but not there: hence twice the limit, so that the core still sees the excess.
   */
  hasRoom(): boolean {
    return this.nodes <= 2 * state.settings.limits.nodes
  }

  /** Takes time off the budget that users' code has taken already. */
  spend(ms: number): void {
    this.spent += ms
  }

  /** Runs users' code within the budget: `THREW` when it throws, `OVER` when the budget was used up before. */
  call(run: () => unknown): unknown {
    return this.spent > BUDGET_MS ? Walk.OVER : this.always(run)
  }

  /** Runs users' code whose answer is worth more than the time: `THREW` when it throws. */
  always(run: () => unknown): unknown {
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
}

/** Runs what reads arguments that can be anything. When they throw, it is as if they were absent. */
export function quietly<T>(fallback: T, read: () => T): T {
  try {
    return read()
  } catch {
    return fallback
  }
}

/** The names of an object's own properties. A proxy that does not tell them has none. */
export function namesOf(value: object): readonly string[] {
  try {
    return Object.keys(value)
  } catch {
    return []
  }
}
