// Generators inside of a span, which is current while the body runs and never between its steps: there the code of the caller runs.

import { current, toEnter } from '../context/current.js'
import { watch } from '../values/promises.js'
import type { SpanImpl } from './span.js'

type Step = (value?: unknown) => unknown

/** The same generator to those who look at it; its span begins with the first step and ends with the last one. */
export function stepped(inner: object, begin: () => SpanImpl): object {
  let span: SpanImpl | undefined
  const step = (name: 'next' | 'return' | 'throw'): Step => (...given) => {
    // One that ends before its first step runs no code.
    if (span === undefined && name !== 'next') return take(name, given)
    const made = (span ??= begin())
    try {
      const result = current.run(toEnter(made.context), take, name, given)
      const isLater = watch(result, (one) => ended(made, one), (error) => made.fail(error))
      if (!isLater) ended(made, result)
      return result
    } catch (error) {
      made.fail(error)
      throw error
    }
  }
  const take = (name: string, given: readonly unknown[]): unknown => Reflect.apply((inner as { [name: string]: Step })[name] as Step, inner, given)
  const steps = { next: step('next'), return: step('return'), throw: step('throw') }
  return Object.assign(Object.create(Object.getPrototypeOf(inner) as object) as object, steps)
}

function ended(span: SpanImpl, result: unknown): void {
  if ((result as { readonly done?: boolean } | undefined)?.done === true) span.end()
}
