// Tokens and costs of models, read from what their nodes put out.

import { genaiCost } from 'vigie'
import type { TaskData } from './shapes.js'

export interface Usage {
  readonly model: string | undefined
  readonly input: number
  readonly output: number
  /** US dollars; undefined where nobody knows the price. */
  readonly cost: number | undefined
}

/** What an execution has used so far, as its nodes read it (`Usage` of vigie-n8n-telemetry). */
export function usageSoFar({ input, output, calls, cost, unpriced }: { readonly [total in 'input' | 'output' | 'calls' | 'cost' | 'unpriced']: number }): object {
  return { v: 1, input_tokens: input, output_tokens: output, calls, cost_usd: unpriced === calls ? null : cost, unpriced_calls: unpriced }
}

interface Answer {
  readonly tokenUsage?: Tokens
}

interface Tokens {
  readonly promptTokens?: unknown
  readonly completionTokens?: unknown
}

/** What the answer of a model's node used, if this is one. */
export function usageOf({ data, ...task }: TaskData): Usage | undefined {
  const answer = data?.['ai_languageModel']?.[0]?.[0]?.json as Answer | undefined
  // n8n's estimate is not told: a number that nobody counted is worse than none.
  const tokens = answer?.tokenUsage
  if (tokens === undefined) return undefined
  const { promptTokens: input, completionTokens: output } = tokens
  if (typeof input !== 'number' || typeof output !== 'number') return undefined
  const model = modelOf(task)
  return { model, input, output, cost: model === undefined ? undefined : genaiCost(model, { inputTokens: input, outputTokens: output }) }
}

/** The model that was asked, from the options that n8n keeps with the input. */
function modelOf(task: object): string | undefined {
  const { inputOverride } = task as { readonly inputOverride?: TaskData['data'] }
  const options = inputOverride?.['ai_languageModel']?.[0]?.[0]?.json?.['options'] as { readonly model?: unknown; readonly model_name?: unknown } | undefined
  const name = options?.model ?? options?.model_name
  return typeof name === 'string' ? name : undefined
}
