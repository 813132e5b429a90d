// What every peer does in a workload: the same values, so that only the library differs.
// Not for code of any library: each has its own `peer_*.mjs`.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import * as varied from './varied.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
export const root = path.resolve(here, '../../..')
/** Loads a peer from where `run.py` installed it. */
export const peer = createRequire(path.join(root, 'target/bench-node/package.json'))

export const MESSAGE = 'request handled'
export const LOGGER = 'shop.api'
export const BOUND = {
  service: 'shop',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  span_id: '00f067aa0ba902b7',
  correlation_id: 'req-7f3a9c',
}
/** Eight series in turn, three label values each. */
export const SERIES = ['GET', 'POST'].flatMap((method) => ['/', '/cart', '/pay', '/login'].map((route) => ({ method, route, status: '200' })))
export const HEADERS = {
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'vendor=abc123,other=xyz',
  baggage: 'tenant=acme,user=u-7',
}
export const EXPOSED = 10_000

/** Runs `update` with the series of the workload in turn, going on where the run before stopped. */
export function inTurn(workload, update) {
  const series = workload === 'M1v' ? varied.series() : SERIES
  let next = 0
  return {
    run: (count) => {
      for (let i = 0; i < count; i++) {
        update(series[next])
        if (++next === series.length) next = 0
      }
    },
  }
}

/** The headers that a workload extracts. */
export const headers = (workload) => (workload === 'P1v' ? { ...HEADERS, ...varied.HEADERS } : HEADERS)

export const disk = process.env.VIGIE_BENCH_FILE ?? 'bench.jsonl'
/** The path that L1 and L1f write to. */
export const sink = (workload) => (workload === 'L1f' ? disk : '/dev/null')
/** How many lines L1f has left behind. */
export function linesOnDisk() {
  let lines = 0
  const file = fs.openSync(disk, 'r')
  const chunk = Buffer.alloc(1 << 20)
  for (let read; (read = fs.readSync(file, chunk)) > 0; ) {
    for (let at = chunk.indexOf(10); at !== -1 && at < read; at = chunk.indexOf(10, at + 1)) lines++
  }
  fs.closeSync(file)
  return lines
}
