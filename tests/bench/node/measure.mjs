// Measures one workload of one library in a process of its own and prints one JSON line.
// Not for comparing: `run.py` starts this once for each round and library, in turn.
//
// A case is { run(count), flush?(), exported?() }; run and flush may be asynchronous, and what is buffered
// comes out inside the timed region.
import { parseArgs } from 'node:util'

import { calibrate, timed, warmUp } from './timing.mjs'

const { values: args } = parseArgs({
  options: {
    workload: { type: 'string' },
    peer: { type: 'string' },
    samples: { type: 'string', default: '5' },
    'sample-ms': { type: 'string', default: '60' },
  },
})

/** Code is compiled after so many calls, however long they take: on a busy machine a time alone would end before that. */
const WARM_OPERATIONS = 30_000

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]

async function measure(bench, samples, sampleMs) {
  await warmUp(bench, WARM_OPERATIONS)
  const count = await calibrate(bench, sampleMs * 1e6)
  const before = bench.exported ? await bench.exported() : 0
  const all = []
  for (let sample = 0; sample < samples; sample++) all.push(await timed(bench, count))
  const each = (key) => all.map((sample) => sample[key] / count)
  const result = {
    ns_min: Math.min(...each('wall')),
    ns_median: median(each('wall')),
    cpu_ns: median(each('cpu')),
    thread_cpu_ns: median(each('js')),
    ops: count * samples,
  }
  if (bench.exported) result.exported = (await bench.exported()) - before
  return result
}

const [module, variant] = args.peer.split('-')
const { makeCase } = await import(`./peer_${module}.mjs`)
const result = await measure(await makeCase(args.workload, variant), Number(args.samples), Number(args['sample-ms']))
console.log(JSON.stringify({ lang: 'node', workload: args.workload, peer: args.peer, ...result }))
process.exit(0)
