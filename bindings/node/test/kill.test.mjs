// SIGKILL at random times: no acknowledged line is missing, and the next open leaves no broken line behind.
import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isFull, linesOf, run, scratch } from './helper.mjs'

const ROUNDS = 20
/** Each with a file of its own, which one text can hold. */
const SERIES = isFull ? 10 : 1

for (let series = 1; series <= SERIES; series++) test(`${ROUNDS} rounds, series ${series}`, { timeout: 1_800_000 }, async (t) => {
  const path = join(scratch(t), 'out.jsonl')
  const acknowledged = []
  for (let round = 0; round < ROUNDS; round++) {
    const first = round * 10_000_000
    const { stdout, signal } = await run(['until-killed.mjs', path, String(first)], {
      onStart: (child) => {
        // From the first acknowledgement on, at a random time.
        child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), Math.random() * 120))
      },
    })
    assert.equal(signal, 'SIGKILL')
    const last = stdout.split('\n').filter((line, i, all) => i < all.length - 1).map(Number).at(-1)
    acknowledged.push([first, last])
    // A kill in the middle of a write is rare on a fast disk: every second round tears the tail itself, which the next heals.
    if (round % 2 === 1) appendFileSync(path, '{"timestamp":"2026-01-02T03:04')
  }
  // The next open heals the last tail, which the last round tore.
  const healer = await run(['burst.mjs', path, 'return', '1'])
  assert.equal(healer.code, 0)
  const found = new Set(linesOf(path).filter((line) => line.logger === 'kill').map((line) => line.i))
  let missing = 0
  for (const [first, last] of acknowledged) for (let i = first; i <= last; i++) if (!found.has(i)) missing++
  assert.equal(missing, 0)
  assert.ok(acknowledged.every(([first, last]) => last >= first))
})
