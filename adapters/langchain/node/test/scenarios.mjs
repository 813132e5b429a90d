// The scenarios, once, for whatever traces: each is a program of LangChain.js as people write it.
// Not for what is expected: see scenarios.test.mjs and bench/compare.mjs.
import { setTimeout as sleep } from 'node:timers/promises'
import { AIMessage } from '@langchain/core/messages'
import { StringOutputParser } from '@langchain/core/output_parsers'
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { RunnableLambda } from '@langchain/core/runnables'
import { tool } from '@langchain/core/tools'
import { Annotation, Command, END, interrupt as ask, MemorySaver, START, StateGraph } from '@langchain/langgraph'
import { createAgent } from 'langchain'
import { z } from 'zod'
import { Chat, Shelf, slowChat } from './models.mjs'

const PROMPT = ChatPromptTemplate.fromMessages([['human', '{q}']])
export const INPUT = { q: 'hello' }

/** A prompt, a model, a parser. */
export const simple = (model = new Chat()) => PROMPT.pipe(model).pipe(new StringOutputParser())

export const add = tool(({ a, b }) => String(a + b), { name: 'add', description: 'Adds.', schema: z.object({ a: z.number(), b: z.number() }) })

const thread = (at, conversation) => ({ ...at.config, configurable: { thread_id: conversation } })

const State = Annotation.Root({ x: Annotation })

const graph = (node, { name, ...options } = {}) =>
  new StateGraph(State).addNode('work', node).addEdge(START, 'work').addEdge('work', END).compile({ name, ...options })

/** Where a scenario runs: the caller's `config`, `http` runs what an HTTP client's span is around, `current` tells the current span's id. */
export const SCENARIOS = {
  chain: (at) => simple().invoke(INPUT, at.config),

  tool: (at) => add.invoke({ type: 'tool_call', id: 'c-1', name: 'add', args: { a: 1, b: 2 } }, at.config),

  retriever: (at) => RunnableLambda.from(({ q }) => q).withConfig({ runName: 'pick' }).pipe(new Shelf()).invoke(INPUT, at.config),

  async stream(at) {
    for await (const _ of await simple().stream(INPUT, at.config)) at.seen.between ??= at.current()
  },

  async 'stream closed early'(at) {
    for await (const _ of await simple().stream(INPUT, at.config)) break
  },

  async batch(at) {
    at.seen.bodies = new Set()
    const body = RunnableLambda.from(async (text) => {
      await sleep(1)
      at.seen.bodies.add(at.current())
      return text
    }).withConfig({ runName: 'body' })
    await simple().pipe(body).batch([INPUT, INPUT, INPUT, INPUT], at.config)
  },

  async gather(at) {
    await Promise.all([1, 2, 3].map(() => simple().invoke(INPUT, at.config)))
  },

  async cancel(at) {
    const controller = new AbortController()
    const call = simple(slowChat()).invoke(INPUT, { ...at.config, signal: controller.signal })
    await sleep(20)
    controller.abort()
    await call.catch(() => {})
    await sleep(5)
  },

  async error(at) {
    const fail = () => {
      throw new TypeError('no')
    }
    const model = new Chat({ body: fail })
    await simple(model).invoke(INPUT, at.config).catch(() => {})
  },

  async retry(at) {
    let calls = 0
    const failTwice = () => {
      if (++calls < 3) throw new Error('not yet')
    }
    await simple(new Chat({ body: failTwice }).withRetry({ stopAfterAttempt: 3 })).invoke(INPUT, at.config)
  },

  async 'LangGraph agent'(at) {
    const calls = [{ name: 'add', args: { a: 1, b: 2 }, id: 'call-1', type: 'tool_call' }]
    const model = new Chat({ answers: [new AIMessage({ content: '', tool_calls: calls }), new AIMessage('3')] })
    const agent = createAgent({ model, tools: [add], name: 'adder' })
    await agent.invoke({ messages: [['human', '1 + 2?']] }, thread(at, 't-agent'))
  },

  async 'nested graph'(at) {
    const inner = graph(async (state) => {
      await simple().invoke(INPUT)
      return state
    }, { name: 'inner' })
    await graph(inner, { name: 'outer' }).invoke({ x: 'a' }, thread(at, 't-nested'))
  },

  async 'interrupt and resume'(at) {
    const asking = graph(() => ({ x: ask('really?') }), { checkpointer: new MemorySaver(), name: 'asking' })
    await asking.invoke({ x: 'a' }, thread(at, 't-asking'))
    await asking.invoke(new Command({ resume: 'yes' }), thread(at, 't-asking'))
  },

  "HTTP call in the model's body": (at) => simple(new Chat({ body: () => at.http() })).invoke(INPUT, at.config),

  async "HTTP call in a streaming model's body"(at) {
    for await (const _ of await simple(new Chat({ body: () => at.http() })).stream(INPUT, at.config));
  },

  async 'two graphs at once'(at) {
    const twice = graph(async (state) => {
      await sleep(1)
      await simple().invoke(INPUT)
      return state
    }, { name: 'graph' })
    await Promise.all([twice.invoke({ x: 'a' }, at.config), twice.invoke({ x: 'b' }, at.config)])
  },
}
