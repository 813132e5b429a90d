// What was used against what may be used.

import { type Usage } from '../../telemetry/lib/index.js'

export interface Budget {
  /** 0 is without a limit. */
  readonly max_tokens: number
  readonly max_cost_usd: number
}

/**
 * What is over the budget, in words; undefined when all is within. A cost that is not known is over every limit: a
 * budget that cannot be checked must not be taken for one that is kept.
 */
export function excess({ input_tokens, output_tokens, cost_usd, calls, unpriced_calls }: Usage, { max_tokens, max_cost_usd }: Budget): string | undefined {
  const tokens = input_tokens + output_tokens
  if (max_tokens > 0 && tokens > max_tokens) return `${tokens} tokens of ${max_tokens}`
  if (max_cost_usd <= 0 || calls === 0) return undefined
  if (unpriced_calls > 0) return `the cost of ${unpriced_calls} of ${calls} calls is not known`
  return (cost_usd ?? 0) > max_cost_usd ? `${cost_usd} of ${max_cost_usd} US dollars` : undefined
}
