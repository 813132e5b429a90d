// The scenarios: one trace each, right parents, right states, the caller's context as it was, nothing printed, no run left open.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as vigie from 'vigie'
import { instrument, stats, uninstrument } from 'vigie-langchain'
import { capture } from 'vigie/testing'
import { SCENARIOS } from './scenarios.mjs'
import { place, silent, tree } from './helper.mjs'

vigie.init({ service: 'test', outputs: [{ to: 'null' }] })
await instrument()
after(uninstrument)

const WORKFLOW = 'invoke_workflow RunnableSequence'
const CHAT = 'chat fake-chat-1'
const SIMPLE = { [`${CHAT} < ${WORKFLOW}`]: 1, [`${WORKFLOW} < app`]: 1 }

/** What each makes: spans with their parents, and how often. */
const TREES = {
  chain: SIMPLE,
  tool: { 'execute_tool add < app': 1 },
  retriever: { [`pick < ${WORKFLOW}`]: 1, [`retrieval Shelf < ${WORKFLOW}`]: 1, [`${WORKFLOW} < app`]: 1 },
  stream: SIMPLE,
  'stream closed early': { [`${CHAT} < ${WORKFLOW} (abandoned)`]: 1, [`${WORKFLOW} < app (abandoned)`]: 1 },
  batch: { [`${CHAT} < ${WORKFLOW}`]: 4, [`body < ${WORKFLOW}`]: 4, [`${WORKFLOW} < app`]: 4 },
  gather: { [`${CHAT} < ${WORKFLOW}`]: 3, [`${WORKFLOW} < app`]: 3 },
  cancel: { [`${CHAT} < ${WORKFLOW} (cancelled)`]: 1, [`${WORKFLOW} < app (cancelled)`]: 1 },
  error: { [`${CHAT} < ${WORKFLOW} (error)`]: 1, [`${WORKFLOW} < app (error)`]: 1 },
  retry: { [`${CHAT} < Chat (error)`]: 2, [`${CHAT} < Chat`]: 1, [`Chat < ${WORKFLOW}`]: 1, [`${WORKFLOW} < app`]: 1 },
  'LangGraph agent': {
    [`${CHAT} < node model_request`]: 2,
    'RunnableLambda < node model_request': 2,
    'node model_request < invoke_agent adder': 2,
    'execute_tool add < node tools': 1,
    'node tools < invoke_agent adder': 1,
    'invoke_agent adder < app': 1,
  },
  'nested graph': {
    [`${CHAT} < RunnableSequence`]: 1,
    'RunnableSequence < node work': 1,
    'node work < inner': 1,
    'inner < node work': 1,
    'node work < invoke_workflow outer': 1,
    'invoke_workflow outer < app': 1,
  },
  'interrupt and resume': {
    'node work < invoke_workflow asking (interrupted)': 1,
    'invoke_workflow asking < app (interrupted)': 1,
    'node work < invoke_workflow asking': 1,
    'invoke_workflow asking < app': 1,
  },
  "HTTP call in the model's body": { ...SIMPLE, [`GET /chat < ${CHAT}`]: 1 },
  "HTTP call in a streaming model's body": { ...SIMPLE, [`GET /chat < ${CHAT}`]: 1 },
  'two graphs at once': {
    [`${CHAT} < RunnableSequence`]: 2,
    'RunnableSequence < node work': 2,
    'node work < invoke_workflow graph': 2,
    'invoke_workflow graph < app': 2,
  },
}

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  test(name, async () => {
    const at = place()
    const { printed, value: records } = await silent(() =>
      capture(async (records) => {
        await vigie.span('app', async (app) => {
          await scenario(at)
          assert.equal(vigie.currentContext().spanId, app.context.spanId, "the caller's context has changed")
          at.seen.app = app.context.spanId
        })
        assert.equal(vigie.currentContext().spanId, undefined)
        return records
      }),
    )
    assert.deepEqual(tree(records.spans), TREES[name])
    assert.equal(new Set(records.spans.map((span) => span.trace_id)).size, 1)
    assert.equal(printed, '')
    assert.equal(stats().open, 0)
    assert.equal(stats().failed, 0)
    // While a stream is read the caller is where it was, and each body is in a run of its own.
    assert.equal(at.seen.between ?? at.seen.app, at.seen.app)
    assert.equal(at.seen.bodies?.size ?? 4, 4)
  })
}

test('the same without a span around it', async () => {
  const records = await capture(async (records) => {
    await SCENARIOS.chain(place())
    return records
  })
  assert.deepEqual(records.spans.filter((span) => span.parent_span_id === undefined).map((span) => span.name), [WORKFLOW])
  assert.equal(records.spans.length, 2)
})
