// A chat model and other parts of chains that answer at once, with everything that a provider's do say.
import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage, AIMessageChunk } from '@langchain/core/messages'
import { ChatGenerationChunk } from '@langchain/core/outputs'
import { BaseRetriever } from '@langchain/core/retrievers'

export const USAGE = {
  input_tokens: 100,
  output_tokens: 20,
  total_tokens: 120,
  input_token_details: { cache_read: 40, cache_creation: 10 },
  output_token_details: { reasoning: 5 },
}

/** Answers with `answers` in turn; `body` is what runs where a provider's client makes its request. */
export class Chat extends BaseChatModel {
  constructor({ answers = [new AIMessage('hello')], provider = 'fakeai', model = 'fake-chat-1', chunks = 3, body } = {}) {
    super({})
    Object.assign(this, { answers, provider, model, chunks, body, calls: 0 })
  }

  _llmType() {
    return 'fake'
  }

  getLsParams() {
    return { ls_provider: this.provider, ls_model_name: this.model, ls_model_type: 'chat', ls_temperature: 0.5 }
  }

  bindTools() {
    return this
  }

  async answer(options) {
    const answer = this.answers[this.calls++ % this.answers.length]
    await this.body?.(options)
    return new AIMessage({
      content: answer.content,
      tool_calls: answer.tool_calls,
      usage_metadata: USAGE,
      response_metadata: { model_name: `${this.model}-2026`, finish_reason: 'stop', id: 'resp-1' },
    })
  }

  async _generate(_messages, options) {
    const message = await this.answer(options)
    return { generations: [{ text: String(message.content), message }] }
  }

  async *_streamResponseChunks(_messages, options, runManager) {
    const { response_metadata } = await this.answer(options)
    for (let at = 0; at < this.chunks; at++) {
      const text = `part ${at} `
      yield new ChatGenerationChunk({ text, message: new AIMessageChunk(text) })
      await runManager?.handleLLMNewToken(text)
    }
    yield new ChatGenerationChunk({ text: '', message: new AIMessageChunk({ content: '', usage_metadata: USAGE, response_metadata }) })
  }
}

/** Waits for ever before it answers, as a request does that is cancelled. */
export const slowChat = () =>
  new Chat({ body: ({ signal }) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true })) })

/** Finds two documents for everything. */
export class Shelf extends BaseRetriever {
  lc_namespace = ['test']

  static lc_name() {
    return 'Shelf'
  }

  async _getRelevantDocuments(query) {
    await this.body?.(query)
    return [
      { id: 'd-1', pageContent: 'one', metadata: { score: 0.9 } },
      { id: 'd-2', pageContent: 'two', metadata: {} },
    ]
  }
}
