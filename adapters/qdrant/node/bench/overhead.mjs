// What a call costs more with the adapter than without: a client whose requests are answered in process, the best of many
// rounds, taken in turns. Run: node bench/overhead.mjs, after npm run build.
import { QdrantClient } from '@qdrant/js-client-rest'
import * as qdrant from '@qdrant/js-client-rest'
import * as vigie from 'vigie'
import { instrument, uninstrument } from 'vigie-qdrant'

const TURNS = 4
const ROUNDS = 100
const CALLS = 20

vigie.init({ service: 'overhead', outputs: [{ to: 'null' }] })
const client = new QdrantClient({ checkCompatibility: false })
const answer = { status: 200, data: { result: { points: [{ id: 1, version: 0, score: 0.9 }] }, status: 'ok', time: 0.001 } }
client._openApiClient.queryPoints = async () => answer
client._openApiClient.countPoints = async () => ({ status: 200, data: { result: { count: 3 }, time: 0.001 } })
const filter = { must: [{ key: 'n', range: { gte: 2 } }] }
const calls = {
  count: () => client.count('docs'),
  query: () => client.query('docs', { query: [1, 1, 1], limit: 3 }),
  'query, filtered': () => client.query('docs', { query: [1, 1, 1], limit: 3, filter }),
}

async function best(call) {
  let found = Infinity
  for (let round = -10; round < ROUNDS; round += 1) {
    const start = performance.now()
    for (let index = 0; index < CALLS; index += 1) await call()
    if (round >= 0) found = Math.min(found, (performance.now() - start) / CALLS)
  }
  return found * 1000
}

console.log(`${'call'.padEnd(18)}${'without'.padStart(9)}${'with'.padStart(9)}${'more'.padStart(9)}   us, best of ${TURNS * ROUNDS} rounds`)
for (const [name, call] of Object.entries(calls)) {
  let [without, within] = [Infinity, Infinity]
  for (let turn = 0; turn < TURNS; turn += 1) {
    without = Math.min(without, await best(call))
    void instrument(qdrant)
    within = Math.min(within, await best(call))
    uninstrument()
  }
  console.log(name.padEnd(18) + [without, within, within - without].map((number) => number.toFixed(1).padStart(9)).join(''))
}
await vigie.shutdown()
