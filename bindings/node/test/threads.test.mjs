// Worker threads, clusters, forked processes.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isFull, linesOf, run, scratch } from './helper.mjs'

const CYCLES = isFull ? 1000 : 64

for (const mode of ['both', 'only']) {
  test(`8 workers, telemetry ${mode === 'both' ? 'in the main thread too' : 'in workers alone'}: nothing of a finished worker is lost`, async (t) => {
    const path = join(scratch(t), 'out.jsonl')
    const { code, stderr } = await run(['workers.mjs', path, mode])
    assert.deepEqual([code, stderr], [0, ''])
    const lines = linesOf(path).filter((line) => line.logger === 'worker')
    assert.equal(new Set(lines.map((line) => `${line.number} ${line.i}`)).size, 800)
    assert.equal(lines.length, 800)
  })
}

test(`${CYCLES} workers one after another: no crash, no line lost, the counts of all of them`, { timeout: 1_200_000 }, async (t) => {
  const path = join(scratch(t), 'out.jsonl')
  const { code, stdout, stderr } = await run(['workers.mjs', path, 'count', String(CYCLES)])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, new RegExp(`workers_total ${CYCLES}\\n`))
  assert.equal(linesOf(path).filter((line) => line.logger === 'worker').length, CYCLES * 100)
})

test('workers that are terminated while they record and flush: no crash, no broken line', { timeout: 600_000 }, async (t) => {
  const path = join(scratch(t), 'out.jsonl')
  const { code, signal, stderr } = await run(['workers.mjs', path, 'terminate', isFull ? '200' : '20'])
  assert.deepEqual([code, signal, stderr], [0, null, ''])
  assert.ok(linesOf(path).some((line) => line.message === 'survived'))
})

test('a cluster of four and a forked process: all lines, one trace', async (t) => {
  const folder = scratch(t)
  const { code, stderr } = await run(['cluster.mjs', folder])
  assert.deepEqual([code, stderr], [0, ''])
  const lines = readdirSync(folder).flatMap((name) => linesOf(join(folder, name)))
  assert.equal(lines.filter((line) => line.logger === 'cluster').length, 5000)
  assert.equal(new Set(lines.map((line) => line.trace_id)).size, 1)
})
