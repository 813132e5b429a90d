// What is put in the place of methods, and taken out again.

/** A method of LangChain, or what stands in its place. */
export type Method = (this: object, ...all: unknown[]) => unknown
type Members = { [name: string]: unknown }

interface Patch {
  readonly owner: Members
  readonly name: string
  readonly original: unknown
  readonly wrapper: Method
}

/** On what stands in the place of a method, whoever has put it there. */
const MARK = Symbol.for('vigie.langchain')

/** All patches of the process. */
export class Patches {
  private patches: Patch[] = []

  /** Puts what `wrap` makes of a method in its place, once. */
  put(owner: object | undefined, name: string, wrap: (original: Method) => Method): void {
    if (owner === undefined) return
    const members = owner as Members
    const original = members[name]
    if (typeof original !== 'function' || (original as { readonly [MARK]?: true })[MARK] === true) return
    const wrapper = wrap(original as Method)
    Object.defineProperty(wrapper, MARK, { value: true })
    members[name] = wrapper
    // An object with a method of its own is not kept for this: in it ours stays, and hands calls on.
    if (Object.hasOwn(owner, 'constructor') || typeof owner === 'function') this.patches.push({ owner: members, name, original, wrapper })
  }

  /** The same for the class of an object, or the object itself, that brings the method along. */
  own(object: object, name: string, wrap: (original: Method) => Method): void {
    let owner: object | null = object
    while (owner !== null && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner) as object | null
    if (owner !== null) this.put(owner, name, wrap)
  }

  /** Takes them out. Under another's wrapper ours stays. */
  takeOut(): void {
    this.patches = this.patches.filter(({ owner, name, original, wrapper }) => {
      if (owner[name] !== wrapper) return true
      owner[name] = original
      return false
    })
  }
}
