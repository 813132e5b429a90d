// Chat models that give events of their own: one span for each answer, as for any other stream, and requests below it.
import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { BaseCallbackHandler } from '@langchain/core/callbacks/base'
import { AIMessage } from '@langchain/core/messages'
import { RunnableLambda } from '@langchain/core/runnables'
import * as vigie from 'vigie'
import { instrument, stats, uninstrument } from 'vigie-langchain'
import { capture } from 'vigie/testing'
import { tree } from './helper.mjs'
import { Chat, USAGE } from './models.mjs'

const CHAT = 'chat fake-chat-1'

vigie.init({ service: 'test', outputs: [{ to: 'null' }] })
beforeEach(() => instrument())
after(uninstrument)

/** Gives the protocol's events itself, as models of providers do. */
class EventChat extends Chat {
  async *_streamChatModelEvents(_messages, options) {
    const { content, response_metadata: { finish_reason, ...told } } = await this.answer(options)
    yield { event: 'message-start', id: 'm-1', usage: { input_tokens: 100 } }
    yield { event: 'content-block-start', index: 0, content: { type: 'text', text: '' } }
    for (const letter of content) yield { event: 'content-block-delta', index: 0, delta: { type: 'text-delta', text: letter } }
    yield { event: 'content-block-finish', index: 0, content: { type: 'text', text: content } }
    yield { event: 'message-finish', reason: finish_reason, usage: USAGE, responseMetadata: told }
  }
}

/** A handler that has LangChain ask for events, as LangGraph's does. */
class Listening extends BaseCallbackHandler {
  name = 'listening'
  lc_prefer_chat_model_stream_events = true
  events = []

  handleChatModelStreamEvent(event) {
    this.events.push(event.event)
  }
}

/** What `work` makes in a span of the application. */
const recorded = async (work) => {
  const records = await capture(async (records) => {
    await vigie.span('app', work)
    return { lines: records.spans, spans: records.spans.filter(({ name }) => name !== 'app') }
  })
  assert.deepEqual([stats().open, stats().failed], [0, 0])
  return records
}

const spanOf = (records) => records.spans.find(({ name }) => name === CHAT)

const request = () => vigie.span('GET /chat', () => {})

test('streamEvents of a model: a span with what the events say, and the request below it', async () => {
  const records = await recorded(async (app) => {
    const stream = new EventChat({ body: request }).streamEvents('hello')
    for await (const _ of stream.text) assert.equal(vigie.currentContext().spanId, app.context.spanId)
    assert.equal((await stream.output).text, 'hello')
  })
  assert.deepEqual(tree(records.lines), { [`GET /chat < ${CHAT}`]: 1, [`${CHAT} < app`]: 1 })
  const { attributes, span_kind: kind, status } = spanOf(records)
  assert.deepEqual([kind, status], ['client', 'unset'])
  assert.ok(attributes['gen_ai.response.time_to_first_chunk'] > 0)
  const said = Object.fromEntries(Object.entries(attributes).filter(([key]) => /request|response|usage|provider/.test(key) && !key.endsWith('chunk')))
  assert.deepEqual(said, {
    'gen_ai.provider.name': 'fakeai',
    'gen_ai.request.model': 'fake-chat-1',
    'gen_ai.request.temperature': 0.5,
    'gen_ai.response.model': 'fake-chat-1-2026',
    'gen_ai.response.id': 'resp-1',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 20,
    'gen_ai.usage.cache_read.input_tokens': 40,
    'gen_ai.usage.cache_creation.input_tokens': 10,
    'gen_ai.usage.reasoning.output_tokens': 5,
  })
})

test('in a body it is below the run of that', async () => {
  const ask = RunnableLambda.from(async (text) => (await new EventChat().streamEvents(text)).text).withConfig({ runName: 'ask' })
  const records = await recorded(() => ask.invoke('hello'))
  assert.deepEqual(tree(records.lines), { [`${CHAT} < invoke_workflow ask`]: 1, 'invoke_workflow ask < app': 1 })
})

test('a model that streams in chunks has one too', async () => {
  const records = await recorded(async () => {
    await new Chat({ chunks: 3, body: request }).streamEvents('hello')
  })
  assert.deepEqual(tree(records.lines), { [`GET /chat < ${CHAT}`]: 1, [`${CHAT} < app`]: 1 })
  assert.equal(spanOf(records).attributes['gen_ai.usage.output_tokens'], 20)
})

test('one that asks the class above has one, not two', async () => {
  class Above extends Chat {
    async *_streamChatModelEvents(...all) {
      yield* super._streamChatModelEvents(...all)
    }
  }
  await new Chat().streamEvents('hello')
  const records = await recorded(async () => {
    await new Above().streamEvents('hello')
  })
  assert.deepEqual(tree(records.lines), { [`${CHAT} < app`]: 1 })
})

test('a handler that asks for events: its requests are below the span of the model, each of its own', async () => {
  const listening = new Listening()
  const ask = (model) => new EventChat({ model, body: request }).invoke('hello', { callbacks: [listening] })
  const records = await recorded(() => Promise.all(['one', 'two'].map(ask)))
  assert.equal(listening.events.filter((event) => event === 'message-finish').length, 2)
  const below = (name) => {
    const { span_id: id } = records.spans.find((span) => span.name === name)
    return records.spans.filter(({ parent_span_id: parent }) => parent === id).map((span) => span.name)
  }
  assert.deepEqual([below('chat one'), below('chat two')], [['GET /chat'], ['GET /chat']])
  assert.equal(records.spans.length, 4)
  for (const { name, attributes } of records.spans) if (name.startsWith('chat')) assert.ok(attributes['gen_ai.response.time_to_first_chunk'] > 0)
})

test('an error has its type, and the caller gets it', async () => {
  const fail = () => {
    throw new TypeError('no')
  }
  const records = await recorded(() => assert.rejects(async () => new EventChat({ body: fail }).streamEvents('hello'), TypeError))
  assert.deepEqual(records.spans.map(({ name, status, attributes }) => [name, status, attributes['error.type']]), [[CHAT, 'error', 'TypeError']])
})

test('one that is left is abandoned', async () => {
  const model = new EventChat()
  await model.streamEvents('hello')
  const records = await recorded(async () => {
    for await (const _ of model._streamChatModelEvents([], {})) break
  })
  assert.deepEqual(records.spans.map(({ attributes }) => attributes['vigie.run.state']), ['abandoned'])
})

test('content in full has the blocks of the answer', async () => {
  await instrument({ content: 'full' })
  const records = await recorded(async () => {
    await new EventChat({ answers: [new AIMessage('well')] }).streamEvents('hello')
  })
  const { attributes } = records.spans[0]
  assert.deepEqual(attributes['gen_ai.input.messages'], [{ role: 'user', parts: [{ type: 'text', content: 'hello' }] }])
  assert.deepEqual(attributes['gen_ai.output.messages'], [{ role: 'assistant', parts: [{ type: 'text', text: 'well' }] }])
})

test('nothing is recorded any more when it is taken out', async () => {
  uninstrument()
  const records = await recorded(async () => {
    assert.equal((await new EventChat().streamEvents('hello')).text, 'hello')
  })
  assert.deepEqual(records.spans, [])
})
