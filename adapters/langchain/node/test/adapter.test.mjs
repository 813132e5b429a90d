// What the spans, logs and metrics of runs say, how the adapter goes in and out, and that its faults stay its own.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dispatchCustomEvent } from '@langchain/core/callbacks/dispatch'
import { RunnableLambda, RunnablePassthrough } from '@langchain/core/runnables'
import { tool } from '@langchain/core/tools'
import { FakeListChatModel, FakeLLM } from '@langchain/core/utils/testing'
import * as vigie from 'vigie'
import { instrument, stats, uninstrument, VigieCallbackHandler } from 'vigie-langchain'
import { capture } from 'vigie/testing'
import { z } from 'zod'
import { place, silent, tree } from './helper.mjs'
import { Chat, Shelf } from './models.mjs'
import { add, INPUT, SCENARIOS, simple } from './scenarios.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const require = createRequire(import.meta.url)
const CALL = { type: 'tool_call', id: 'c-1', name: 'add', args: { a: 1, b: 2 } }

vigie.init({ service: 'test', outputs: [{ to: 'null' }] })
beforeEach(() => instrument())
after(uninstrument)

/** What `work` records. */
const recorded = (work) =>
  capture(async (records) => {
    await work()
    return records
  })

const spanOf = (records, name) => {
  const found = records.spans.filter((span) => span.name === name)
  assert.equal(found.length, 1, `${name}: ${found.length}`)
  return found[0]
}

/** The metric lines of this name whose attributes are these. */
const points = async (name, attributes = {}) => {
  const { metrics } = await recorded(() => {})
  const isMeant = (metric) => metric.name === name && Object.entries(attributes).every(([key, value]) => metric.attributes?.[key] === value)
  return metrics.filter(isMeant)
}

// What is said

test('a chat span has the names of the conventions', async () => {
  const records = await recorded(() => simple().invoke(INPUT))
  const span = spanOf(records, 'chat fake-chat-1')
  assert.equal(span.span_kind, 'client')
  assert.deepEqual(span.attributes, {
    'gen_ai.operation.name': 'chat',
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
  assert.deepEqual(spanOf(records, 'invoke_workflow RunnableSequence').attributes, {
    'gen_ai.operation.name': 'invoke_workflow',
    'gen_ai.workflow.name': 'RunnableSequence',
  })
})

test('a stream says when its first chunk came', async () => {
  const records = await recorded(async () => {
    for await (const _ of await new Chat({ chunks: 50, model: 'streamed' }).stream('hello'));
  })
  const span = spanOf(records, 'chat streamed')
  const seconds = span.attributes['gen_ai.response.time_to_first_chunk']
  assert.ok(seconds > 0 && seconds < span.duration_ns / 1e9)
  assert.equal(span.attributes['gen_ai.usage.output_tokens'], 20)
  for (const name of ['time_to_first_chunk', 'time_per_output_chunk']) {
    const [point] = await points(`gen_ai.client.operation.${name}`, { 'gen_ai.request.model': 'streamed' })
    assert.equal(point.count, 1)
  }
})

test('a caller between two chunks is where it was', async () => {
  await recorded(() =>
    vigie.span('app', async (app) => {
      for await (const _ of await new Chat().stream('hello')) assert.equal(vigie.currentContext().spanId, app.context.spanId)
      assert.equal(vigie.currentContext().spanId, app.context.spanId)
    }),
  )
})

test('a stream of a model alone that is left', async () => {
  const records = await recorded(async () => {
    for await (const _ of await new Chat().stream('hello')) break
    for await (const _ of await RunnableLambda.from(async function* () { yield 1; yield 2 }).withConfig({ runName: 'count' }).stream('x')) break
  })
  for (const name of ['chat fake-chat-1', 'invoke_workflow count']) assert.equal(spanOf(records, name).attributes['vigie.run.state'], 'abandoned')
  assert.equal(stats().open, 0)
})

test('a model of texts', async () => {
  const records = await recorded(() => new FakeLLM({ response: 'one' }).invoke('hello'))
  assert.equal(records.spans.length, 1)
  assert.match(records.spans[0].name, /^text_completion /)
  assert.equal(records.spans[0].attributes['gen_ai.operation.name'], 'text_completion')
})

test('tools and retrievers', async () => {
  const records = await recorded(async () => {
    await add.invoke(CALL)
    await new Shelf().invoke('query')
  })
  assert.deepEqual(spanOf(records, 'execute_tool add').attributes, {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'add',
    'gen_ai.tool.type': 'function',
    'gen_ai.tool.call.id': 'c-1',
  })
  const retrieval = spanOf(records, 'retrieval Shelf')
  assert.equal(retrieval.span_kind, 'client')
  assert.deepEqual(retrieval.attributes, { 'gen_ai.operation.name': 'retrieval', 'gen_ai.data_source.id': 'Shelf', 'vigie.gen_ai.documents': 2 })
})

test("what a retriever's body does is below its span", async () => {
  const shelf = new Shelf()
  shelf.body = () => vigie.span('GET /search', async () => {})
  const records = await recorded(() => shelf.invoke('query'))
  assert.deepEqual(tree(records.spans), { 'GET /search < retrieval Shelf': 1 })
})

test('an error has its type, its words and its stack', async () => {
  const broken = tool(() => { throw new RangeError('nothing there') }, { name: 'broken', description: 'Breaks.', schema: z.object({}) })
  const records = await recorded(() => assert.rejects(broken.invoke({}), RangeError))
  const span = spanOf(records, 'execute_tool broken')
  assert.deepEqual([span.status, span.status_message], ['error', 'RangeError: nothing there'])
  assert.equal(span.attributes['error.type'], 'RangeError')
  assert.match(span.events[0].attributes['exception.stacktrace'], /nothing there/)
})

test('every descendant has the attributes that its outermost run was given', async () => {
  let calls = 0
  const attributes = () => ({ 'app.order': `order ${++calls}` })
  const records = await recorded(() => simple().invoke(INPUT, { callbacks: [new VigieCallbackHandler({ attributes })] }))
  assert.ok(records.spans.length > 1)
  assert.deepEqual([...new Set(records.spans.map((span) => span.attributes['app.order']))], ['order 1'])
  assert.throws(() => new VigieCallbackHandler({ attributes: 'order 1' }), /attributes: "order 1"; accepted: a function/)
})

test('every descendant has the conversation', async () => {
  const records = await recorded(() => SCENARIOS['LangGraph agent'](place()))
  assert.deepEqual([...new Set(records.spans.map((span) => span.attributes['gen_ai.conversation.id']))], ['t-agent'])
})

test('each attempt of a retried model is marked, and what is around them says how many', async () => {
  const records = await recorded(() => SCENARIOS.retry(place()))
  assert.deepEqual(records.spans.map((span) => span.attributes['vigie.gen_ai.attempt']).filter(Boolean), [2, 3])
  assert.equal(spanOf(records, 'Chat').attributes['vigie.gen_ai.attempts'], 3)
})

test('a resumed run links to the interrupted one', async () => {
  const records = await recorded(() => SCENARIOS['interrupt and resume'](place()))
  const [first, second] = records.spans.filter((span) => span.name === 'invoke_workflow asking')
  assert.deepEqual(second.links, [{ trace_id: first.trace_id, span_id: first.span_id }])
})

test('an error that is only named like an interrupt or a cancellation is an error', async () => {
  for (const name of ['GraphInterrupt', 'AbortError']) {
    class Own extends Error {
      name = name
    }
    Object.defineProperty(Own, 'name', { value: name })
    const fail = RunnableLambda.from(() => { throw new Own('really') })
    const records = await recorded(() => assert.rejects(fail.invoke('x')))
    assert.equal(records.spans[0].status, 'error')
  }
})

test('logs in a body carry trace and run', async () => {
  let seen
  const body = RunnableLambda.from((text, config) => {
    seen = config.callbacks.getParentRunId()
    vigie.getLogger('app').info('inside')
    return text
  })
  const records = await recorded(() => body.invoke('x'))
  const [log] = records.logs
  const [span] = records.spans
  assert.deepEqual([log.trace_id, log.span_id, log.run_id], [span.trace_id, span.span_id, seen])
})

test("a user's span in a body is the parent of what is called in it", async () => {
  const body = RunnableLambda.from(() => vigie.span('step', () => simple().invoke(INPUT))).withConfig({ runName: 'outer' })
  const records = await recorded(() => body.invoke('x'))
  assert.deepEqual(tree(records.spans), {
    'chat fake-chat-1 < RunnableSequence': 1,
    'RunnableSequence < step': 1,
    'step < invoke_workflow outer': 1,
  })
})

test('what a body carries goes along to what it calls', async () => {
  const model = new Chat({ body: () => vigie.getLogger('app').info('asked') })
  const body = RunnableLambda.from(() => vigie.withContext({ tenant: 'acme' }, () => simple(model).invoke(INPUT)))
  const { logs, spans } = await recorded(() => vigie.withContext({ user: 'u' }, () => body.invoke('x')))
  assert.deepEqual([logs[0].tenant, logs[0].user], ['acme', 'u'])
  assert.equal(logs[0].span_id, spans.find((span) => span.name === 'chat fake-chat-1').span_id)
})

test('events of the application', async () => {
  const body = RunnableLambda.from(async (text) => {
    await dispatchCustomEvent('progress', { done: 3 })
    return text
  })
  const off = await recorded(() => body.invoke('x'))
  assert.equal(off.spans[0].events[0].name, 'progress')
  assert.equal(off.spans[0].events[0].attributes, undefined, 'content is off')
  const full = await recorded(() => body.invoke('x', { callbacks: [new VigieCallbackHandler({ content: 'full' })] }))
  assert.deepEqual(full.spans[0].events[0].attributes, { done: 3 })
})

test('noise is passed over unless it is asked for', async () => {
  const chain = new RunnablePassthrough().pipe(RunnablePassthrough.assign({ q: ({ q }) => q })).pipe(simple())
  for (const showAll of [false, true]) {
    const records = await recorded(() => chain.invoke(INPUT, { callbacks: [new VigieCallbackHandler({ showAll })] }))
    const names = records.spans.map((span) => span.name)
    for (const noise of ['StrOutputParser', 'RunnablePassthrough']) assert.equal(names.includes(noise), showAll, `${noise}: ${names}`)
  }
})

// Content

const TEXT = 'my token is ghp_0123456789abcdefghijklmnopqrstuvwxyz and my name is Ada'

test('content is off by default', async () => {
  const records = await recorded(() => simple().invoke({ q: TEXT }))
  assert.doesNotMatch(records.lines.join('\n'), /Ada/)
})

test('content as counts', async () => {
  const records = await recorded(() => simple().invoke({ q: TEXT }, { callbacks: [new VigieCallbackHandler({ content: 'metadata' })] }))
  const { attributes } = spanOf(records, 'chat fake-chat-1')
  assert.equal(attributes['vigie.gen_ai.messages'], 1)
  assert.equal(attributes['vigie.gen_ai.content_characters'], TEXT.length)
  assert.doesNotMatch(records.lines.join('\n'), /Ada/)
})

test('content in full is redacted by Vigie and by the user', async () => {
  const callbacks = [new VigieCallbackHandler({ content: 'full', redact: (text) => text.replaceAll('Ada', '[name]') })]
  const records = await recorded(async () => {
    await simple().invoke({ q: TEXT }, { callbacks })
    await add.invoke(CALL, { callbacks })
    await new Shelf().invoke('q', { callbacks })
  })
  const chat = spanOf(records, 'chat fake-chat-1').attributes
  const [asked] = chat['gen_ai.input.messages']
  assert.deepEqual([asked.role, asked.parts[0].type], ['user', 'text'])
  assert.match(asked.parts[0].content, /\[name\]/)
  assert.doesNotMatch(asked.parts[0].content, /ghp_|Ada/)
  assert.deepEqual(chat['gen_ai.output.messages'], [{ role: 'assistant', parts: [{ type: 'text', content: 'hello' }] }])
  const called = spanOf(records, 'execute_tool add').attributes
  assert.deepEqual(called['gen_ai.tool.call.arguments'], { a: 1, b: 2 })
  assert.equal(called['gen_ai.tool.call.result'], '3')
  assert.deepEqual(spanOf(records, 'retrieval Shelf').attributes['gen_ai.retrieval.documents'][0], { id: 'd-1', content: 'one', score: 0.9 })
})

test('long content is cut or goes into a file', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-langchain-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const question = 'é'.repeat(1000)
  for (const contentFolder of [undefined, folder]) {
    const handler = new VigieCallbackHandler({ content: 'full', contentBytes: 100, ...(contentFolder === undefined ? {} : { contentFolder }) })
    const records = await recorded(() => simple().invoke({ q: question }, { callbacks: [handler] }))
    const { attributes } = spanOf(records, 'chat fake-chat-1')
    if (contentFolder === undefined) {
      const text = attributes['gen_ai.input.messages']
      assert.ok(Buffer.byteLength(text) <= 100 && text.endsWith('[truncated]') && !text.includes('\ufffd'))
    } else {
      const file = attributes['gen_ai.input.messages.file']
      assert.equal(JSON.parse(readFileSync(file, 'utf8'))[0].parts[0].content, question)
      if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o077, 0)
    }
  }
})

// Metrics and costs

test('durations and tokens are counted once', async () => {
  // The handler is there twice: as the process's and as this call's.
  const records = await recorded(() => simple(new Chat({ model: 'counted-1' })).invoke(INPUT, { callbacks: [new VigieCallbackHandler(), new VigieCallbackHandler()] }))
  const model = { 'gen_ai.request.model': 'counted-1' }
  const [duration] = await points('gen_ai.client.operation.duration', model)
  assert.equal(duration.count, 1)
  const sums = (await points('gen_ai.client.token.usage', model)).map((point) => [point.attributes['gen_ai.token.type'], point.sum])
  assert.deepEqual(Object.fromEntries(sums), { input: 100, output: 20 })
  spanOf(records, 'chat counted-1')
})

test('durations of workflows, agents and tools', async () => {
  await SCENARIOS['LangGraph agent'](place())
  await simple().invoke(INPUT)
  assert.ok((await points('gen_ai.invoke_agent.duration', { 'gen_ai.agent.name': 'adder' })).length > 0)
  assert.ok((await points('gen_ai.execute_tool.duration', { 'gen_ai.tool.name': 'add' })).length > 0)
  assert.ok((await points('gen_ai.invoke_workflow.duration', { 'gen_ai.workflow.name': 'RunnableSequence' })).length > 0)
})

test('the adapter measures itself', async () => {
  let inside
  await RunnableLambda.from(async () => { [inside] = await points('vigie.gen_ai.runs.open') }).invoke('x')
  assert.equal(inside.value, 1)
  assert.equal((await points('vigie.gen_ai.callbacks.failed'))[0].value, 0)
})

test("what the provider's instrumentation counts is not counted again", async () => {
  const create = () => {}
  for (const isWrapped of [true, false]) {
    const name = `doubled-${isWrapped}`
    const model = new Chat({ provider: 'openai', model: name })
    // As shimmer, which the instrumentations use, leaves a call that it has wrapped.
    model.client = { chat: { completions: { create: isWrapped ? Object.assign(() => {}, { __wrapped: true }) : create } } }
    const records = await recorded(async () => {
      await simple(model).invoke(INPUT)
      for await (const _ of await model.stream('x'));
    })
    for (const span of records.spans.filter((span) => span.name === `chat ${name}`)) assert.equal('gen_ai.usage.input_tokens' in span.attributes, !isWrapped)
    assert.equal((await points('gen_ai.client.token.usage', { 'gen_ai.request.model': name })).length > 0, !isWrapped)
  }
})

test('known models have a cost and unknown ones none', async () => {
  const records = await recorded(async () => {
    await simple(new Chat({ provider: 'openai', model: 'gpt-5' })).invoke(INPUT)
    await simple(new Chat({ provider: 'nobody', model: 'nothing' })).invoke(INPUT)
  })
  const known = spanOf(records, 'chat gpt-5').attributes['vigie.gen_ai.cost']
  // 1.25 USD a million input tokens, a tenth of it for the 40 cached ones, 10 for output.
  const expected = (60 * 1.25 + 40 * 0.125 + 20 * 10) / 1e6
  assert.ok(Math.abs(known / expected - 1) < 0.2, String(known))
  assert.equal(spanOf(records, 'chat nothing').attributes['vigie.gen_ai.cost'], undefined)
})

test("the user's prices come first", async () => {
  const prices = { 'fakeai/fake-chat-1-2026': { input: 10, output: 20, cacheRead: 1 } }
  const records = await recorded(() => simple().invoke(INPUT, { callbacks: [new VigieCallbackHandler({ prices })] }))
  const cost = spanOf(records, 'chat fake-chat-1').attributes['vigie.gen_ai.cost']
  assert.ok(Math.abs(cost - (50 * 10 + 40 * 1 + 10 * 10 + 20 * 20) / 1e6) < 1e-12)
})

// In and out

test('it goes in once and out whenever', async () => {
  await instrument()
  assert.equal((await recorded(() => simple().invoke(INPUT))).spans.length, 2)
  uninstrument()
  uninstrument()
  assert.equal((await recorded(() => simple().invoke(INPUT))).spans.length, 0)
})

test('the handler is in each call once, however deep it is', async () => {
  const before = stats().unmatched
  await recorded(() => SCENARIOS['nested graph'](place()))
  assert.equal(stats().unmatched, before)
})

test('other settings replace the former', async () => {
  await instrument({ showAll: true })
  const records = await recorded(() => simple().invoke(INPUT))
  assert.ok(records.spans.some((span) => span.name === 'StrOutputParser'))
})

test('a handler alone is enough', async () => {
  uninstrument()
  const records = await recorded(() => simple().invoke(INPUT, { callbacks: [new VigieCallbackHandler()] }))
  assert.equal(records.spans.length, 2)
})

test('a server that was there before is recorded', async () => {
  const { createServer, get } = await import('node:http')
  uninstrument()
  const server = createServer(async (_request, response) => response.end(await simple().invoke(INPUT)))
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  await instrument()
  const records = await recorded(() => new Promise((done) => get({ port: server.address().port, host: '127.0.0.1' }, (answer) => answer.resume().on('end', done))))
  server.close()
  assert.equal(records.spans.length, 2)
})

test('the copy of CommonJS is recorded, too, loaded before or behind', async () => {
  const { RunnableLambda: Lambda } = require('@langchain/core/runnables')
  assert.notEqual(Lambda, RunnableLambda)
  await instrument()
  const records = await recorded(() => Lambda.from((x) => x).invoke('x'))
  assert.equal(records.spans.length, 1)
  const behind = execFileSync(process.execPath, [join(HERE, 'programs', 'behind.cjs')], { encoding: 'utf8' })
  assert.equal(behind, '1 1\n')
})

for (const [settings, words] of [
  [{ content: 'all' }, /content: "all"; accepted: off, metadata, full/],
  [{ contentBytes: 0 }, /contentBytes: 0; accepted: a whole number above 0/],
  [{ redact: 'x' }, /redact: "x"; accepted: a function/],
  [{ prices: { m: { input: 1 } } }, /prices: m: "input"; accepted: input and output/],
  [{ prices: { m: { input: 1, output: -1 } } }, /prices: m: output: -1; accepted: USD/],
  [{ colour: 1 }, /colour: "unknown"/],
]) {
  test(`settings that are not accepted: ${JSON.stringify(settings)}`, () => {
    assert.throws(() => instrument(settings), words)
    assert.throws(() => new VigieCallbackHandler(settings), words)
  })
}

test('a fault of the adapter is counted and nobody notices', async () => {
  const before = stats().failed
  const broken = () => {
    throw new Error('a fault of ours')
  }
  const handler = new VigieCallbackHandler({ content: 'full' })
  const own = Object.getPrototypeOf(handler.recorder.runs)
  handler.contents = new Proxy({}, { get: broken })
  handler.recorder = new Proxy(handler.recorder, { get: (target, key) => (key === 'runs' ? new Proxy(own, { get: () => broken }) : target[key]) })
  const config = { callbacks: [handler] }
  const { printed } = await silent(async () => {
    assert.equal(await simple().invoke(INPUT, config), 'hello')
    assert.equal(await add.invoke({ a: 1, b: 2 }, config), '3')
    assert.equal((await new Shelf().invoke('q', config)).length, 2)
  })
  assert.equal(printed, '')
  assert.ok(stats().failed > before)
})

test('a release that calls handlers in another way is left alone, with one warning', async () => {
  const { isAsExpected } = require('../dist/order.js')
  const { CallbackManager } = await import('@langchain/core/callbacks/manager')
  assert.equal(isAsExpected(CallbackManager), true)
  // As the declarations have it.
  class Other extends CallbackManager {
    handleChainStart(chain, inputs, runId, runType, _tags, _metadata, runName) {
      for (const handler of this.handlers) handler.handleChainStart(chain, inputs, runId, runType, this.tags, this.metadata, runName, this._parentRunId)
      return undefined
    }
  }
  assert.equal(isAsExpected(Other), false)
})

test('importing the adapter starts nothing and loads nothing of LangChain', () => {
  const program = "require('vigie-langchain'); console.log(process.getActiveResourcesInfo().filter((one) => one !== 'PipeWrap'), Object.keys(require.cache).filter((file) => file.includes('@langchain')))"
  assert.equal(execFileSync(process.execPath, ['-e', program], { cwd: HERE, encoding: 'utf8' }), '[] []\n')
})

test('the model of the tests of LangChain itself streams, too', async () => {
  const records = await recorded(async () => {
    for await (const _ of await new FakeListChatModel({ responses: ['abc'] }).stream('x'));
  })
  assert.equal(records.spans.length, 1)
})
