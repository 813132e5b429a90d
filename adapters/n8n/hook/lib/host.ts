// n8n's own modules and services, found from the program that n8n is. Not for what is done with them.

import { createRequire } from 'node:module'

/** Says that this release of n8n has not what a layer needs. */
export class Missing extends Error {}

type Loaded = { readonly [name: string]: unknown }
type Container = { get(token: unknown): unknown }

export class Host {
  private constructor(private readonly load: NodeJS.Require) {}

  /** n8n as seen from the file that the process was started with. */
  static of(main: string): Host {
    return new Host(createRequire(main))
  }

  get version(): string {
    try {
      return String((this.load('n8n/package.json') as Loaded)['version'])
    } catch {
      return 'unknown'
    }
  }

  /** Where a file of n8n's packages lies; undefined when there is none. */
  path(id: string): string | undefined {
    try {
      return this.load.resolve(id)
    } catch {
      return undefined
    }
  }

  /** What a module exports by this name. Throws `Missing` when there is nothing. */
  export<T>(id: string, name: string): T {
    const found = this.module(id)[name]
    if (found === undefined) throw new Missing(`${id} has no ${name}`)
    return found as T
  }

  /** The one instance of a class of n8n's. Throws `Missing` when there is none. */
  service<T>(id: string, name: string): T {
    const container = this.export<Container>('@n8n/di', 'Container')
    const token = this.export<unknown>(id, name)
    const found = container.get(token)
    if (typeof found !== 'object' || found === null) throw new Missing(`${name} is no service`)
    return found as T
  }

  /** Replaces a method; `patch` gets the one that was there. Throws `Missing` when there was none. */
  patch<F extends (...all: never[]) => unknown>(type: { readonly prototype: object }, name: string, patch: (original: F) => F): void {
    const prototype = type.prototype as { [name: string]: unknown }
    const original = prototype[name]
    if (typeof original !== 'function') throw new Missing(`there is no method ${name}`)
    prototype[name] = patch(original as F)
  }

  private module(id: string): Loaded {
    try {
      return this.load(id) as Loaded
    } catch (error) {
      throw new Missing(`${id} cannot be loaded: ${(error as Error).message.split('\n')[0] ?? ''}`)
    }
  }
}
