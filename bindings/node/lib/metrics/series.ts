// The series of an instrument: from attributes to a cell, by nested maps over the values.
// Not for what a cell does: see cells.ts.

import { binding } from '#native'
import { state } from '../runtime/state.js'
import { keep, putKept } from '../values/kept.js'
import { isPlain } from '../values/kinds.js'
import { encode } from '../values/snapshot.js'

/** Where the path over one more attribute name leads. */
class Branch<C> {
  readonly children = new Map<unknown, Node<C>>()
  constructor(readonly key: string) {}
}

/** The attributes so far. */
class Node<C> {
  cell: C | null = null
  /** The next name, nearly always the same one. */
  branch: Branch<C> | null = null
  private others: Map<string, Branch<C>> | null = null

  /** The branch of a name that is not the usual one. Null when there is none and none may be made. */
  other(key: string, isFull: boolean): Branch<C> | null {
    const known = this.others?.get(key)
    if (known !== undefined || isFull) return known ?? null
    const made = new Branch<C>(key)
    if (this.branch === null) this.branch = made
    else (this.others ??= new Map<string, Branch<C>>()).set(key, made)
    return made
  }
}

/** Allows for this many orders of the same attributes: each leads to a cell of its own, and the core adds them to one series. */
const ORDERS = 4

/** All series of one instrument. */
export class Series<C> {
  private readonly root = new Node<C>()
  /** Series whose attributes are not all scalars, by their encoded form. */
  private readonly unusual = new Map<string, C>()
  private overflow: C | null = null
  private count = 0

  constructor(
    private readonly instrument: number,
    private readonly make: (slot: number) => C,
  ) {}

  /** The cell of these attributes. */
  find(attributes: object | undefined): C {
    if (attributes === undefined) return this.root.cell ?? this.create(this.root, {})
    if (!isPlain(attributes)) return this.findUnusual(attributes)
    let node = this.root
    try {
      for (const key in attributes) {
        const value = (attributes as { readonly [key: string]: unknown })[key]
        if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
          return this.findUnusual(attributes)
        }
        let { branch } = node
        if (branch === null || branch.key !== key) branch = node.other(key, this.isFull())
        if (branch === null) return this.findUnusual(attributes)
        let child = branch.children.get(value)
        if (child === undefined) {
          if (this.isFull()) return this.findUnusual(attributes)
          child = new Node()
          branch.children.set(value, child)
        }
        node = child
      }
    } catch {
      return this.findUnusual(attributes)
    }
    return node.cell ?? this.create(node, attributes)
  }

  private isFull(): boolean {
    return this.count >= ORDERS * (state.settings.limits.series_per_instrument + 1)
  }

  private create(node: Node<C>, attributes: object): C {
    if (this.isFull()) return this.findUnusual(attributes)
    this.count++
    node.cell = this.make(this.bind(attributes).slot)
    return node.cell
  }

  /** Has the core make the series. Tells its slot and its encoded form; the slot is -1 when the series is known already. */
  private bind(attributes: object): { slot: number; form: string } {
    const kept = keep(null, attributes)
    const { text, ints, nums } = encode((c) => putKept(c, kept))
    const form = `${text} ${ints.join()} ${nums.join()}`
    if (this.unusual.has(form)) return { slot: -1, form }
    return { slot: binding.series(this.instrument, text, Int32Array.from(ints), Float64Array.from(nums)), form }
  }

  /** Any attributes, read with care. Beyond all bounds everything is one series, as the core's limit has it. */
  private findUnusual(attributes: object): C {
    if (this.isFull()) {
      this.overflow ??= this.make(this.bind({ 'otel.metric.overflow': true }).slot)
      return this.overflow
    }
    const { slot, form } = this.bind(attributes)
    const known = this.unusual.get(form)
    if (known !== undefined) return known
    this.count++
    const cell = this.make(slot)
    this.unusual.set(form, cell)
    return cell
  }
}
