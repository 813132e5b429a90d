// Streams of a chat model's own events: LangChain calls the method that gives them without its run, and for `streamEvents` of
// a model it tells nobody of one. Not for answers in chunks: see bodies.ts.

import { randomUUID } from 'node:crypto'
import { entered } from './bodies.js'
import type { VigieCallbackHandler } from './handler.js'
import { currentRun } from './langchain.js'
import type { Metadata } from './meaning.js'
import type { Message, Usage } from './models.js'
import type { Method } from './patches.js'
import type { Recorder } from './recorder.js'
import { abandon } from './streams.js'

/** A model, as far as a run of it is described by it. */
interface Model {
  readonly tags?: readonly string[]
  readonly metadata?: Metadata
  toJSON?(): { readonly id?: readonly string[] }
  invocationParams?(options: unknown): Metadata
  getLsParamsWithDefaults?(options: unknown): Metadata
}

/** An event, as far as it is read. */
interface ModelEvent {
  readonly event?: unknown
  readonly index?: unknown
  readonly content?: unknown
  readonly usage?: Usage
  readonly reason?: string
  readonly responseMetadata?: Metadata
}

/** A method that gives the events of an answer to messages, by options that each call has of its own. */
export function telling(recorder: Recorder, handler: () => VigieCallbackHandler | undefined, original: Method): Method {
  return function (messages, options, ...rest) {
    const pieces = original.call(this, messages, options, ...rest) as AsyncGenerator<ModelEvent>
    const own = handler()
    if (typeof options !== 'object' || options === null) return pieces
    const run = recorder.asked.get(options)
    if (run !== undefined) return entered(recorder, this, run, pieces)
    return own === undefined ? pieces : told(recorder, own, this, messages, options, pieces)
  }
}

/** The events of a run that nobody else tells of. */
async function* told(recorder: Recorder, handler: VigieCallbackHandler, model: Model, messages: unknown, options: object, events: AsyncGenerator<ModelEvent>) {
  const run = randomUUID()
  recorder.guarded(() => start(handler, model, messages, options, run))
  // A method of the class above may be asked in turn.
  recorder.asked.set(options, run)
  const pieces = entered(recorder, model, run, events)
  const answer = new Collected()
  try {
    for (;;) {
      const piece = await pieces.next()
      if (piece.done === true) break
      recorder.guarded(() => answer.take(piece.value))
      handler.handleChatModelStreamEvent(piece.value, run)
      yield piece.value
    }
    handler.handleLLMEnd({ generations: [[{ message: answer.message() }]] }, run)
  } catch (error) {
    handler.handleLLMError(error, run)
    throw error
  } finally {
    // Only of one that was left.
    recorder.guarded(() => abandon(recorder, run))
    recorder.asked.delete(options)
    await pieces.return(undefined)
  }
}

function start(handler: VigieCallbackHandler, model: Model, messages: unknown, options: object, run: string): void {
  const asked = Array.isArray(messages) ? (messages as readonly Message[]) : []
  const extra = { invocation_params: model.invocationParams?.(options) }
  const metadata = { ...model.metadata, ...model.getLsParamsWithDefaults?.(options) }
  handler.handleChatModelStart(model.toJSON?.(), [asked], run, currentRun(), extra, model.tags, metadata)
}

/** What the events of an answer say of it at the end. */
class Collected {
  private usage: Usage | undefined
  private metadata: Metadata = {}
  private readonly content: unknown[] = []

  take({ event, index, content, usage, reason, responseMetadata }: ModelEvent): void {
    if (usage !== undefined) this.usage = usage
    if (event === 'content-block-finish' && typeof index === 'number') this.content[index] = content
    if (event === 'message-finish') this.metadata = { ...responseMetadata, ...(reason !== undefined && { finish_reason: reason }) }
  }

  message(): Message {
    return { type: 'ai', content: this.content.filter((block) => block !== undefined), usage_metadata: this.usage, response_metadata: this.metadata }
  }
}
