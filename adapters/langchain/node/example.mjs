// A chain with a tool and a model that answers at once: run it and read its trace.
//
// `node example.mjs` writes the spans to standard error, one a line.
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { StringOutputParser } from '@langchain/core/output_parsers'
import { RunnableLambda } from '@langchain/core/runnables'
import { tool } from '@langchain/core/tools'
import { FakeListChatModel } from '@langchain/core/utils/testing'
import * as vigie from 'vigie'
import { instrument } from 'vigie-langchain'
import { z } from 'zod'

vigie.init({ service: 'weather', outputs: [{ to: 'console', signals: ['logs', 'spans'] }] })
await instrument({ content: 'metadata' })
const log = vigie.getLogger('weather')

const temperature = tool(
  ({ city }) => {
    log.info('asked for {city}', { city })
    return '21'
  },
  { name: 'temperature', description: 'Degrees in a city.', schema: z.object({ city: z.string() }) },
)

/** The question with what the tool says. */
const lookUp = RunnableLambda.from(async ({ city }) => ({ city, degrees: await temperature.invoke({ city }) }))

const chain = lookUp
  .withConfig({ runName: 'lookUp' })
  .pipe(ChatPromptTemplate.fromTemplate('It is {degrees} degrees in {city}. Say so.'))
  .pipe(new FakeListChatModel({ responses: ['It is warm in Lyon.'] }))
  .pipe(new StringOutputParser())

const answer = await vigie.span('GET /weather', {}, () => chain.invoke({ city: 'Lyon' }, { runName: 'weather', metadata: { thread_id: 't-1' } }), { kind: 'server' })
console.log(answer)
await vigie.shutdown()
