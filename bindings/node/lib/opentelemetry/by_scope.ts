// What a provider makes once for each instrumentation scope.

import { nameText } from '../values/describe.js'
import type { InstrumentationScope } from './readable.js'

/** Tracers, meters or loggers by who asks for them: names stand in the code, they are not data. */
export class ByScope<T> {
  private readonly known = new Map<string, T>()

  constructor(private readonly make: (scope: InstrumentationScope) => T) {}

  /** The one of a scope, whatever was given for it. */
  of(name: string, version: string | undefined, options: { readonly schemaUrl?: string } | undefined): T {
    const scope = { name: textOf(name) ?? '', version: textOf(version), schemaUrl: textOf(options?.schemaUrl) }
    const key = JSON.stringify([scope.name, scope.version, scope.schemaUrl])
    let found = this.known.get(key)
    if (found === undefined) {
      found = this.make(scope)
      this.known.set(key, found)
    }
    return found
  }
}

function textOf(given: unknown): string | undefined {
  return given === undefined || given === null ? undefined : nameText(given)
}

/** The schema of a scope as the API takes it. */
export function schema({ schemaUrl }: InstrumentationScope): { schemaUrl?: string } {
  return schemaUrl === undefined ? {} : { schemaUrl }
}
