// The callback handler: each callback is one call of the table of runs.

import { OnStep } from './on_step.js'

/**
 * Records the runs of chains, models, tools, retrievers, agents and graphs as spans and metrics. For one call:
 * `chain.invoke(input, { callbacks: [new VigieCallbackHandler()] })`; for all of them: `instrument()`, which also has the
 * requests of a model's client stand below it. Takes `Settings`; throws a `TypeError` for one that is not accepted. Its
 * callbacks throw nothing.
 */
export class VigieCallbackHandler extends OnStep {
  readonly name = 'vigie'
  /** Callbacks are over when LangChain goes on, so that runs stand in the order in which they happened. They wait for nothing. */
  readonly awaitHandlers = true
  readonly raiseError = false
  readonly ignoreLLM = false
  readonly ignoreChain = false
  readonly ignoreAgent = false
  readonly ignoreRetriever = false
  readonly ignoreCustomEvent = false

  /** LangChain copies handlers that it hands on: this one has nothing of a single call. */
  copy(): this {
    return this
  }

  toJSON(): object {
    return { lc: 1, type: 'not_implemented', id: ['vigie', 'VigieCallbackHandler'] }
  }
}
