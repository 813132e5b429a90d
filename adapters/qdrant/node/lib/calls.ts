// One call of a client: its span and its series. Not for the requests that it sends: see requests.ts.
import { AsyncLocalStorage } from 'node:async_hooks'
import * as vigie from 'vigie'
import * as attributes from './attributes.js'
import type { Found } from './attributes.js'
import { describe } from './errors.js'
import { Exchange } from './exchange.js'
import { fault, guarded } from './faults.js'
import * as instruments from './instruments.js'
import type { Labels } from './instruments.js'
import * as names from './names.js'
import type { Operation } from './names.js'

/** As much of a client as the adapter looks at. */
export interface Client {
  readonly _host?: unknown
  readonly _port?: unknown
  readonly _openApiClient?: unknown
}

/** The call that the code below runs for. */
export const current = new AsyncLocalStorage<Call | undefined>()

/** Whether calls are recorded. Methods that stay wrapped under another's wrapper ask it too. */
export const state = { active: false }

/** A call from its beginning to its end. */
export class Call {
  readonly exchange = new Exchange()
  readonly #operation: Operation
  readonly #span: vigie.Span
  readonly #base: { [name: string]: string | number }
  readonly #started = performance.now()

  constructor(operation: Operation, client: Client, args: readonly unknown[]) {
    this.#operation = operation
    const first = operation.collection === false ? undefined : args[0]
    const collection = typeof first === 'string' ? first : undefined
    this.#base = { [names.OPERATION]: operation.name }
    if (typeof client._host === 'string') this.#base[names.ADDRESS] = client._host
    if (typeof client._port === 'number') this.#base[names.PORT] = client._port
    const known: Found = { [names.SYSTEM]: 'qdrant', ...this.#base, [names.TRANSPORT]: 'rest' }
    if (collection !== undefined) {
      known[names.COLLECTION] = collection
      this.#base[names.COLLECTION] = instruments.labelOf(collection)
    }
    attributes.ofArguments(operation, attributes.namedOf(args), known)
    const name = collection === undefined ? operation.name : `${operation.name} ${collection}`
    this.#span = vigie.startSpan(name, { kind: 'client', attributes: known })
  }

  /** Runs the method below the span. Its promise is handed on, so that nobody's rejection counts as handled. */
  run<T>(method: () => T): T {
    let answer: T
    try {
      answer = current.run(this, () => vigie.withSpan(this.#span, method))
    } catch (error) {
      this.#failed(error)
      throw error
    }
    if (!(answer instanceof Promise)) {
      this.#done(answer)
      return answer
    }
    const settled = answer.then(
      (value: unknown) => {
        this.#done(value)
        return value
      },
      (error: unknown) => {
        this.#failed(error)
        throw error
      },
    )
    return settled as T
  }

  /** The headers that its requests carry. */
  headers(): { readonly [name: string]: string } {
    return vigie.inject({}, this.#span)
  }

  #done(answer: unknown): void {
    guarded('answer', () => {
      const found: Found = {}
      attributes.ofAnswer(this.#operation, answer, found)
      this.#end(found, {})
    })
    this.#close()
  }

  #failed(error: unknown): void {
    guarded('error', () => {
      const described = describe(error, this.exchange)
      this.#span.setStatus('error', described.words)
      this.#end(described.attributes, described.labels)
    })
    this.#close()
  }

  #end(found: Found, outcome: Labels): void {
    const seconds = (performance.now() - this.#started) / 1000
    const said: Found = {}
    this.exchange.describe(said)
    this.#span.setAttributes({ ...said, ...found })
    instruments.call(this.#base, seconds, this.exchange.seconds, outcome)
  }

  #close(): void {
    try {
      this.#span.end()
    } catch {
      fault('end')
    }
  }
}
