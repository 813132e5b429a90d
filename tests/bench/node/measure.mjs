// Measures one workload of one library in a process of its own and prints one JSON line.
// Not for comparing: `run.py` starts this once for each round and library, in turn.
//
// A case is { run(count), flush?(), exported?() }; run and flush may be asynchronous, and what is buffered
// comes out inside the timed region.
import fs from 'node:fs'
import { parseArgs } from 'node:util'

const { values: args } = parseArgs({
  options: {
    workload: { type: 'string' },
    peer: { type: 'string' },
    samples: { type: 'string', default: '5' },
    'sample-ms': { type: 'string', default: '60' },
  },
})

/** CPU time of the JavaScript thread in ns: process.threadCpuUsage() is not there before Node 23.9. */
function threadCpu() {
  if (process.threadCpuUsage) {
    const { user, system } = process.threadCpuUsage()
    return (user + system) * 1e3
  }
  try {
    return Number(fs.readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0])
  } catch {
    return Number.NaN
  }
}

function processCpu() {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1e3
}

async function timed(bench, count) {
  const js = threadCpu()
  const cpu = processCpu()
  const wall = process.hrtime.bigint()
  await bench.run(count)
  if (bench.flush) await bench.flush()
  return { wall: Number(process.hrtime.bigint() - wall), cpu: processCpu() - cpu, js: threadCpu() - js }
}

/** How many operations fill a sample; the runs on the way there are the warm-up. */
async function calibrate(bench, sampleNs) {
  for (let count = 64; ; ) {
    // The second run of a size: the first may have been compiled half-way.
    await timed(bench, count)
    const { wall } = await timed(bench, count)
    if (wall >= sampleNs / 4) return Math.max(1, Math.round((count * sampleNs) / wall))
    count *= wall < sampleNs / 64 ? 4 : 2
  }
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]

async function measure(bench, samples, sampleMs) {
  const count = await calibrate(bench, sampleMs * 1e6)
  const before = bench.exported ? await bench.exported() : 0
  const all = []
  for (let sample = 0; sample < samples; sample++) all.push(await timed(bench, count))
  const each = (key) => all.map((sample) => sample[key] / count)
  const result = {
    ns_min: Math.min(...each('wall')),
    ns_median: median(each('wall')),
    cpu_ns: median(each('cpu')),
    js_cpu_ns: median(each('js')),
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
