// What is known of a model's request and answer, as attributes. Not for messages: see contents.ts.

import { attemptOf, type Metadata } from './meaning.js'
import type { Names } from './names.js'
import { PROVIDERS } from './semantics.js'

/** Parameters of a request: the attribute, and the names that providers' classes have for it. */
const PARAMETERS: readonly (readonly [keyof Names, readonly string[]])[] = [
  ['request_temperature', ['temperature']],
  ['request_top_p', ['top_p', 'topP']],
  ['request_top_k', ['top_k', 'topK']],
  ['request_max_tokens', ['max_tokens', 'maxTokens', 'max_completion_tokens', 'max_output_tokens', 'maxOutputTokens']],
  ['request_seed', ['seed']],
  ['request_stop', ['stop', 'stop_sequences', 'stopSequences']],
  ['request_choices', ['n']],
  ['request_frequency_penalty', ['frequency_penalty', 'frequencyPenalty']],
  ['request_presence_penalty', ['presence_penalty', 'presencePenalty']],
]

/** A message, as far as it is read. */
export interface Message {
  readonly type?: string
  readonly content?: unknown
  readonly tool_call_id?: unknown
  readonly tool_calls?: readonly { readonly id?: unknown; readonly name?: unknown; readonly args?: unknown }[]
  readonly usage_metadata?: Usage | undefined
  readonly response_metadata?: Metadata
}

export interface Usage {
  readonly input_tokens?: number
  readonly output_tokens?: number
  readonly input_token_details?: { readonly cache_read?: number; readonly cache_creation?: number }
  readonly output_token_details?: { readonly reasoning?: number }
}

/** One of the answers of a model. */
export interface Generation {
  readonly text?: string
  readonly message?: Message
  readonly generationInfo?: Metadata
}

/** What a model says at its end. */
export interface Answer {
  readonly generations?: readonly (readonly (Generation | undefined)[])[]
  readonly llmOutput?: Metadata
}

/** The tokens of an answer under the table's keys. */
export type Tokens = { [key in 'input_tokens' | 'output_tokens' | 'cache_read_tokens' | 'cache_write_tokens' | 'reasoning_tokens']?: number }

/** Attributes in the making. */
export type Found = { [key: string]: unknown }

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The provider by the conventions' name, and the model that was asked for. */
export function providerAndModel(metadata: Metadata, parameters: Metadata): readonly [string | undefined, string | undefined] {
  const provider = text(metadata['ls_provider'])
  const model = text(metadata['ls_model_name']) ?? text(parameters['model']) ?? text(parameters['model_name'])
  return [provider === undefined ? undefined : ((PROVIDERS as { readonly [name: string]: string })[provider] ?? provider), model]
}

/** The attributes of a request beside provider and model. */
export function request(names: Names, metadata: Metadata, parameters: Metadata, tags: readonly string[] | undefined): Found {
  const found: Found = {}
  for (const [attribute, keys] of PARAMETERS) {
    const key = keys.find((key) => has(parameters[key]) || has(metadata[`ls_${key}`]))
    if (key !== undefined) found[names[attribute]] = has(parameters[key]) ? parameters[key] : metadata[`ls_${key}`]
  }
  const attempt = attemptOf(tags)
  if (attempt !== undefined) found[names.attempt] = attempt
  return found
}

function has(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** All answers of a model, one after another. */
export function generationsOf(answer: Answer): readonly Generation[] {
  return (answer.generations ?? []).flat().filter((generation) => generation !== undefined)
}

/** The tokens of an answer. What was read from a cache is part of the input tokens. */
export function usageOf(answer: Answer, message: Message | undefined): Tokens {
  const usage = message?.usage_metadata
  const told = answer.llmOutput?.['tokenUsage'] as { readonly promptTokens?: number; readonly completionTokens?: number } | undefined
  const found = {
    input_tokens: usage === undefined ? told?.promptTokens : usage.input_tokens,
    output_tokens: usage === undefined ? told?.completionTokens : usage.output_tokens,
    cache_read_tokens: usage?.input_token_details?.cache_read,
    cache_write_tokens: usage?.input_token_details?.cache_creation,
    reasoning_tokens: usage?.output_token_details?.reasoning,
  }
  return Object.fromEntries(Object.entries(found).filter(([, count]) => typeof count === 'number')) as Tokens
}

/** The attributes of an answer beside its usage. */
export function answerOf(names: Names, answer: Answer, message: Message | undefined): Found {
  const found: Found = {}
  const told = message?.response_metadata ?? {}
  const model = text(told['model_name']) ?? text(told['model']) ?? text(answer.llmOutput?.['model_name'])
  if (model !== undefined) found[names.response_model] = model
  if (has(told['id'])) found[names.response_id] = told['id']
  const reasons = generationsOf(answer).map(reasonOf).filter((reason) => reason !== undefined)
  if (reasons.length > 0) found[names.finish_reasons] = reasons
  return found
}

function reasonOf({ message, generationInfo }: Generation): string | undefined {
  const told = message?.response_metadata ?? {}
  return text(told['finish_reason']) ?? text(told['stop_reason']) ?? text(generationInfo?.['finish_reason'])
}

