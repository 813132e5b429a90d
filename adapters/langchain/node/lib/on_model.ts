// The callbacks of chat models and of models that take texts.

import type { Attributes, RunStateName } from 'vigie'
import { type Kept, logged, nameOf, type Serialized, typeOf, withError } from './callbacks.js'
import { costOf } from './costs.js'
import { attemptOf, conversationOf, type Metadata } from './meaning.js'
import { type Answer, answerOf, type Found, generationsOf, type Message, providerAndModel, request, type Tokens, usageOf } from './models.js'
import { OnChain } from './on_chain.js'
import { OPERATIONS } from './semantics.js'
import { stateOf } from './states.js'

const NOTHING = {}
const NO_KEPT: Partial<Kept> & Pick<Kept, 'common'> = { common: NOTHING }

/** What a model is asked with. */
interface Extra {
  readonly invocation_params?: Metadata | undefined
  readonly options?: unknown
}

/** A piece of a streamed answer, as it comes along with its text. */
interface Fields {
  readonly chunk?: { readonly message?: { readonly content?: unknown; readonly tool_call_chunks?: readonly unknown[] } }
}

/** What models announce. */
export class OnModel extends OnChain {
  handleChatModelStart(
    llm: Serialized | undefined,
    messages: readonly (readonly Message[])[],
    runId: string,
    parentRunId?: string,
    extra?: Extra,
    tags?: readonly string[],
    metadata: Metadata = NOTHING,
    runName?: string,
  ): void {
    this.guarded(() => {
      const options = extra?.options
      if (typeof options === 'object' && options !== null) this.recorder.asked.set(options, runId)
      const content = this.contents.isOff ? NOTHING : this.contents.request(messages.flat(), runId)
      this.modelStart(OPERATIONS.chat, content, runName ?? nameOf(llm, 'model'), runId, parentRunId, tags, metadata, extra)
    })
  }

  handleLLMStart(
    llm: Serialized | undefined,
    prompts: readonly string[],
    runId: string,
    parentRunId?: string,
    extra?: Extra,
    tags?: readonly string[],
    metadata: Metadata = NOTHING,
    runName?: string,
  ): void {
    this.guarded(() => {
      const content = this.contents.isOff ? NOTHING : this.contents.prompts(prompts, runId)
      this.modelStart(OPERATIONS.text, content, runName ?? nameOf(llm, 'model'), runId, parentRunId, tags, metadata, extra)
    })
  }

  private modelStart(
    { operation, kind }: typeof OPERATIONS.chat | typeof OPERATIONS.text,
    content: Attributes,
    name: string,
    runId: string,
    parentId: string | undefined,
    tags: readonly string[] | undefined,
    metadata: Metadata,
    extra: Extra | undefined,
  ): void {
    const { names } = this
    const { runs } = this.recorder
    const parameters = extra?.invocation_params ?? NOTHING
    const [provider, model] = providerAndModel(metadata, parameters)
    const common: Found = { [names.operation]: operation }
    if (provider !== undefined) common[names.provider] = provider
    if (model !== undefined) common[names.request_model] = model
    const conversation = parentId === undefined ? conversationOf(metadata) : undefined
    const kept: Kept = { what: 'operation_duration', common, who: provider }
    runs.start(runId, `${operation} ${model ?? name}`, {
      parentId,
      kind,
      inherited: this.inherited(parentId, conversation),
      logged: logged(runId),
      attributes: { ...common, ...request(names, metadata, parameters, tags), ...content },
      keep: JSON.stringify(kept),
    })
    const attempt = attemptOf(tags)
    if (parentId !== undefined && attempt !== undefined) runs.setAttributes(parentId, { [names.attempts]: attempt })
  }

  handleLLMNewToken(token: unknown, _index: unknown, runId: string, _parentRunId?: string, _tags?: readonly string[], fields?: Fields): void {
    // The empty piece that tells the usage at the end is no part of the answer.
    if (token !== '' || isPart(fields)) this.recorder.runs.chunk(runId)
  }

  handleChatModelStreamEvent(event: { readonly event?: unknown } | undefined, runId: string): void {
    if (event?.event === 'content-block-delta') this.recorder.runs.chunk(runId)
  }

  handleLLMEnd(answer: Answer, runId: string): void {
    const failures = this.recorder.failures
    this.guarded(() => {
      const message = generationsOf(answer)[0]?.message
      const content = this.contents.isOff ? NOTHING : this.contents.answer(answer, runId)
      this.modelEnd(runId, 'ok', undefined, { ...answerOf(this.names, answer, message), ...content }, usageOf(answer, message))
    })
    if (this.recorder.failures !== failures) this.guarded(() => this.recorder.runs.end(runId))
  }

  handleLLMError(error: unknown, runId: string): void {
    this.guarded(() => this.modelEnd(runId, stateOf(error), error, {}, {}))
  }

  private modelEnd(runId: string, state: RunStateName, error: unknown, attributes: Found, told: Tokens): void {
    const { names } = this
    const { runs, metrics, doubled } = this.recorder
    const kept = runs.kept(runId)
    const { what, common, who: provider } = kept === undefined ? NO_KEPT : (JSON.parse(kept) as Kept)
    // The spans of the provider's own client have the tokens then, and are counted.
    const isDoubled = doubled.take(runId) === true
    const usage = isDoubled ? {} : told
    for (const [key, count] of Object.entries(usage)) attributes[names[key as keyof Tokens]] = count
    const cost = costOf(this.settings.prices, provider, [attributes[names.response_model], common[names.request_model]], usage)
    if (cost !== undefined) attributes[names.cost] = cost
    if (state === 'error') attributes[names.error_type] = typeOf(error)
    const ended = runs.end(runId, { state, error, attributes, firstChunkKey: names.first_chunk })
    if (ended === undefined || what === undefined || isDoubled) return
    const said: Found = { ...common }
    if (attributes[names.response_model] !== undefined) said[names.response_model] = attributes[names.response_model]
    metrics.chunks(ended.firstChunk, ended.chunkInterval, said)
    metrics.used(usage, cost, said)
    metrics.took(what, ended.duration, withError(said, names.error_type, ended.state, attributes))
  }
}

/** Whether a piece without text holds something else of the answer. */
function isPart(fields: Fields | undefined): boolean {
  const message = fields?.chunk?.message
  if (message === undefined) return fields === undefined
  const { content, tool_call_chunks: calls } = message
  return (Array.isArray(content) && content.length > 0) || (calls !== undefined && calls.length > 0)
}
