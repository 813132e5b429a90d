// What an answer costs, by the user's own prices or the known ones. An unknown model has no cost, never zero.

import { genaiCost } from 'vigie'
import type { Tokens } from './models.js'
import type { Complete, Price } from './settings.js'

const PER = 1_000_000

/**
 * US dollars for one answer by the first of these models that has a price: the one that answered, whose name may be that of a
 * snapshot, or the one that was asked for. Undefined when nobody knows a price, or what was used.
 */
export function costOf(prices: Complete['prices'], provider: string | undefined, models: readonly unknown[], usage: Tokens): number | undefined {
  if (Object.keys(usage).length === 0) return undefined
  const known = models.filter((model) => typeof model === 'string')
  for (const model of known) {
    const own = prices?.[`${provider}/${model}`] ?? prices?.[model]
    if (own !== undefined) return by(own, usage)
  }
  for (const model of known) {
    const cost = genaiCost(model, {
      provider,
      inputTokens: usage.input_tokens,
      outputTokens: usage.output_tokens,
      cacheReadTokens: usage.cache_read_tokens,
      cacheWriteTokens: usage.cache_write_tokens,
    })
    if (cost !== undefined) return cost
  }
  return undefined
}

function by({ input, output, cacheRead = input, cacheWrite = input }: Price, usage: Tokens): number {
  const { input_tokens: inputs = 0, output_tokens: outputs = 0, cache_read_tokens: read = 0, cache_write_tokens: written = 0 } = usage
  // Input tokens include both.
  return ((inputs - read - written) * input + read * cacheRead + written * cacheWrite + outputs * output) / PER
}
