// Taking the time: a warm-up, samples of about the same length, wall and CPU time.
// Not for what is measured: see `peer_*.mjs`.
import fs from 'node:fs'

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

export async function timed(bench, count) {
  const js = threadCpu()
  const cpu = processCpu()
  const wall = process.hrtime.bigint()
  await bench.run(count)
  if (bench.flush) await bench.flush()
  return { wall: Number(process.hrtime.bigint() - wall), cpu: processCpu() - cpu, js: threadCpu() - js }
}

const WARM_MS = 3_000
const PORTION = 50

/** So many operations, or some seconds. */
export async function warmUp(bench, operations) {
  const end = performance.now() + WARM_MS
  for (let done = 0; done < operations && performance.now() < end; done += PORTION) await timed(bench, PORTION)
}

/**
 * How many operations fill a sample; the runs on the way there are the warm-up. A run that was slow by
 * accident, or because the code was not compiled yet, does not end the search: a second one confirms.
 */
export async function calibrate(bench, sampleNs) {
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

const SHORT_NS = 4e6
const SAMPLES = 7

/** The least CPU time of one operation in ns, over all threads, from a few short samples. */
export async function leastCpu(bench) {
  await warmUp(bench, 5_000)
  const count = await calibrate(bench, SHORT_NS)
  let least = Number.POSITIVE_INFINITY
  for (let sample = 0; sample < SAMPLES; sample++) least = Math.min(least, (await timed(bench, count)).cpu / count)
  return Math.round(least * 10) / 10
}
