// What this execution has used of models so far: from the hook where it is loaded, else from what n8n itself keeps of the run.

import { type IExecuteFunctions } from 'n8n-workflow'
import { USAGE_KEY, type Usage, VERSION } from '../../telemetry/lib/index.js'

export interface Reading extends Usage {
  /** Who counted: n8n alone knows no prices. */
  readonly source: 'vigie' | 'n8n'
}

/** Undefined when neither the hook nor n8n tells. */
export function readUsage(from: IExecuteFunctions): Reading | undefined {
  return fromHook(from.customData.get(USAGE_KEY)) ?? fromRun(from)
}

function fromHook(text: unknown): Reading | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const usage = JSON.parse(text) as Usage
    return usage.v === VERSION ? { ...usage, source: 'vigie' } : undefined
  } catch {
    return undefined
  }
}

/** As far as it is read here. n8n has it at hand in every node and declares it in none: hence nothing is taken for granted. */
interface Run {
  readonly data?: { readonly ai_languageModel?: readonly (readonly { readonly json?: Answer }[] | null)[] }
  readonly metadata?: { readonly tokenUsage?: { readonly inputTokens?: unknown; readonly outputTokens?: unknown } }
}

interface Answer {
  readonly tokenUsage?: { readonly promptTokens?: unknown; readonly completionTokens?: unknown }
}

type RunData = { readonly [node: string]: readonly Run[] }

function fromRun(from: IExecuteFunctions): Reading | undefined {
  const { runExecutionData } = from as unknown as { runExecutionData?: { resultData?: { runData?: RunData } } }
  const runData = runExecutionData?.resultData?.runData
  if (runData === undefined) return undefined
  const calls = Object.values(runData).flat().flatMap(tokensOf)
  return {
    v: VERSION,
    source: 'n8n',
    input_tokens: calls.reduce((sum, [input]) => sum + input, 0),
    output_tokens: calls.reduce((sum, [, output]) => sum + output, 0),
    calls: calls.length,
    cost_usd: null,
    unpriced_calls: calls.length,
  }
}

/** Input and output tokens of the calls of one run of a node. */
function tokensOf({ data, metadata }: Run): [number, number][] {
  const { inputTokens, outputTokens } = metadata?.tokenUsage ?? {}
  const own: [unknown, unknown] = [inputTokens, outputTokens]
  const items = data?.ai_languageModel?.[0] ?? []
  const answers = items.map(({ json }): [unknown, unknown] => [json?.tokenUsage?.promptTokens, json?.tokenUsage?.completionTokens])
  return [own, ...answers].filter((pair): pair is [number, number] => pair.every((count) => typeof count === 'number'))
}
