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

/** Code is compiled after so many calls, however long they take: on a busy machine a time alone would end before that. */
const WARM_OPERATIONS = 30_000
const WARM_MS = 3_000
const PORTION = 50

async function warmUp(bench) {
  const end = performance.now() + WARM_MS
  for (let done = 0; done < WARM_OPERATIONS && performance.now() < end; done += PORTION) await timed(bench, PORTION)
}

/**
 * How many operations fill a sample; the runs on the way there are the warm-up. A run that was slow by
 * accident, or because the code was not compiled yet, does not end the search: a second one confirms.
 */
async function calibrate(bench, sampleNs) {
  let count = 64
  let confirmed = 0
  for (let attempt = 0; attempt < 40; attempt++) {
    const { wall } = await timed(bench, count)
    if (wall > sampleNs * 0.7 && wall < sampleNs * 1.5) {
      if (++confirmed === 2) break
      continue
    }
    confirmed = 0
    const factor = Math.min(4, Math.max(0.25, sampleNs / wall))
    if (count === 1 && factor < 1) return count
    count = Math.max(1, Math.round(count * factor))
  }
  return count
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]

async function measure(bench, samples, sampleMs) {
  await warmUp(bench)
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
