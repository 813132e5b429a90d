// What an answer of a generative model costs.

import { binding } from '#native'
import { quietly } from '../values/budget.js'

/** What an answer used. */
export interface GenAiUsage {
  /** Name of the provider as in `gen_ai.provider.name`, or its own. */
  readonly provider?: string | undefined
  /** Tokens of the request, those that a cache had or got included. */
  readonly inputTokens?: number | undefined
  readonly outputTokens?: number | undefined
  readonly cacheReadTokens?: number | undefined
  readonly cacheWriteTokens?: number | undefined
}

function count(tokens: unknown): number {
  return typeof tokens === 'number' ? tokens : 0
}

/**
 * What the answer of a model costs in US dollars, by the prices of the day as this release knows them; undefined when the
 * model's price is not known, or when no token was used. `model` is its name as the provider has it.
 */
export function genaiCost(model: string, usage: GenAiUsage): number | undefined {
  return quietly(undefined, () => {
    const { provider, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage
    if (typeof model !== 'string') return undefined
    const known = typeof provider === 'string' ? provider : null
    return binding.genaiCost(model, known, count(inputTokens), count(outputTokens), count(cacheReadTokens), count(cacheWriteTokens)) ?? undefined
  })
}
