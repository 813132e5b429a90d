// Which tools and prompts a side has listed, and which of the tools were called: the names that may be labels.
// A name comes from the peer, so that it would be a label of any length and number otherwise. Not for what the lists say
// beside names and sizes.

import { members } from './carrier.js'
import { counter, gauge } from './instruments.js'
import * as names from './names.js'
import type { Side } from './names.js'
import { sizeOf, tokensOf } from './size.js'

/** The names of one side. They only grow: other callers may see other lists. */
export class Listed {
  readonly #side: Side
  readonly #tools = new Map<string, boolean>()
  readonly #prompts = new Set<string>()

  constructor(side: Side) {
    this.#side = side
  }

  /** Learns the tools of a list, and what each of them costs in it. */
  tools(tools: readonly unknown[]): void {
    for (const tool of tools) {
      const { name } = members(tool)
      if (typeof name !== 'string' || !this.#admit(name)) continue
      gauge(names.DEFINITION_TOKENS).set(tokensOf(sizeOf(tool)), { [names.SIDE]: this.#side, [names.TOOL]: name })
    }
    this.#count()
  }

  /** Learns the prompts of a list. */
  prompts(prompts: readonly unknown[]): void {
    for (const prompt of prompts) {
      const { name } = members(prompt)
      if (typeof name === 'string' && this.#prompts.size < names.NAMES_KEPT) this.#prompts.add(name)
    }
  }

  /** Counts a call and gives the label: a call that worked shows that there is such a tool, listed or not. */
  called(name: string, worked: boolean): string {
    if (worked) this.#admit(name)
    const label = this.#tools.has(name) ? name : names.OTHER
    counter(names.TOOL_CALLS).add(1, { [names.SIDE]: this.#side, [names.TOOL]: label })
    if (this.#tools.get(name) === false) {
      this.#tools.set(name, true)
      this.#count()
    }
    return label
  }

  /** The label of a prompt. */
  prompt(name: string): string {
    return this.#prompts.has(name) ? name : names.OTHER
  }

  #admit(name: string): boolean {
    if (this.#tools.has(name)) return true
    if (this.#tools.size >= names.NAMES_KEPT) return false
    this.#tools.set(name, false)
    // The series is there from the start, so that an alert sees a tool that nobody calls.
    counter(names.TOOL_CALLS).add(0, { [names.SIDE]: this.#side, [names.TOOL]: name })
    return true
  }

  #count(): void {
    const never = [...this.#tools.values()].filter((isCalled) => !isCalled).length
    gauge(names.TOOLS_LISTED).set(this.#tools.size, { [names.SIDE]: this.#side })
    gauge(names.TOOLS_NEVER_CALLED).set(never, { [names.SIDE]: this.#side })
  }
}

export const SIDES: { readonly [side in Side]: Listed } = { client: new Listed('client'), server: new Listed('server') }
