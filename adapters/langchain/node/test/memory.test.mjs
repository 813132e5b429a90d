// Many runs leave nothing behind: those that end, those that nobody ends, and streams of any length.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as vigie from 'vigie'
import { stats, VigieCallbackHandler } from 'vigie-langchain'
import { USAGE } from './models.mjs'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
// So many that what the process takes and gives back in whole megabytes is little to each.
const RUNS = process.env.VIGIE_FULL === '1' ? 1_000_000 : 120_000
const METADATA = { ls_provider: 'fakeai', ls_model_name: 'fake-chat-1', thread_id: 't' }
const ANSWER = { generations: [[{ text: 'hello', message: { content: 'hello', usage_metadata: USAGE, response_metadata: { model_name: 'm' } } }]] }

vigie.init({ service: 'test', outputs: [{ to: 'null' }] })

const resident = async () => {
  await vigie.flush()
  for (let at = 0; at < 3; at++) collect()
  return process.memoryUsage().rss
}

/** A chain with a streaming model; every tenth model is left open and one in ten fails. */
function one(handler, at) {
  const [chain, model] = [randomUUID(), randomUUID()]
  handler.handleChainStart(undefined, {}, chain, undefined, [], { thread_id: `t-${at}` }, undefined, 'chain')
  handler.handleChatModelStart(undefined, [[]], model, chain, {}, [], METADATA)
  for (let token = 0; token < 3; token++) handler.handleLLMNewToken('x', undefined, model)
  if (at % 10 === 1) handler.handleLLMError(new TypeError('no'), model)
  else if (at % 10 !== 0) handler.handleLLMEnd(ANSWER, model)
  handler.handleChainEnd({}, chain)
}

test('memory stays flat', async () => {
  const handler = new VigieCallbackHandler()
  const points = []
  const tenth = RUNS / 2 / 10
  for (let part = 0; part < 10; part++) {
    for (let at = 0; at < tenth; at++) {
      one(handler, part * tenth + at)
      // As in a program, the event loop turns now and then.
      if (at % 100 === 0) await new Promise(setImmediate)
    }
    points.push(await resident())
  }
  // Each chain has two runs; the first parts fill tables and buffers.
  const slope = (points[9] - points[4]) / (5 * tenth * 2)
  console.log(`# ${RUNS} runs: ${slope.toFixed(2)} bytes a run, ${points.map((bytes) => bytes >> 20).join(' ')} MiB`)
  assert.ok(slope < (RUNS >= 1_000_000 ? 4 : 128), `${slope} bytes a run`)
  assert.equal(stats().open, 0)
  assert.equal(stats().failed, 0)
})

test('a long stream takes no more than a short one', async () => {
  const handler = new VigieCallbackHandler()
  const run = randomUUID()
  handler.handleChatModelStart(undefined, [[]], run, undefined, {}, [], METADATA)
  for (let at = 0; at < 10_000; at++) handler.handleLLMNewToken('x', undefined, run)
  const before = await resident()
  for (let at = 0; at < 200_000; at++) handler.handleLLMNewToken('x', undefined, run)
  const more = (await resident()) - before
  assert.ok(more < 1024 * 1024, `${more} bytes`)
  handler.handleLLMError(new TypeError('no'), run)
})
