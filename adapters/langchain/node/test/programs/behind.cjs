// Instruments first, and loads LangChain's copy of CommonJS behind it.
const vigie = require('vigie')
const { capture } = require('vigie/testing')
const { instrument } = require('vigie-langchain')

vigie.init({ service: 'behind', outputs: [{ to: 'null' }] })
instrument().then(async () => {
  const { RunnableLambda } = require('@langchain/core/runnables')
  const own = await capture(async (records) => {
    await RunnableLambda.from((x) => x).invoke('x')
    return records
  })
  const { RunnableLambda: other } = await import('@langchain/core/runnables')
  const others = await capture(async (records) => {
    await other.from((x) => x).invoke('x')
    return records
  })
  console.log(own.spans.length, others.spans.length)
})
