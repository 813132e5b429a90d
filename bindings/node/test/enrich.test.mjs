// What only Node knows of a process: its own version, and which thread of it writes.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { esm, linesOf, run, scratch } from './helper.mjs'

test('the runtime and the threads are told by the names that Node has for them', async (t) => {
  const folder = scratch(t)
  const path = join(folder, 'out.jsonl')
  const program = join(folder, 'program.mjs')
  writeFileSync(program, `
    import { Worker, isMainThread, threadId } from 'node:worker_threads'
    const vigie = await import(${JSON.stringify(esm)})
    vigie.init({ enrich: ['runtime', 'thread'], outputs: [{ to: 'file', path: ${JSON.stringify(path)} }] })
    vigie.getLogger('t').info(isMainThread ? 'main' : 'worker', { is: threadId })
    await vigie.flush()
    if (isMainThread) {
      const worker = new Worker(new URL(import.meta.url))
      await new Promise((resolve) => worker.once('exit', resolve))
      vigie.getLogger('t').info('again', { is: threadId })
    }
  `)
  const { code, stderr } = await run(['--no-warnings', program])
  assert.deepEqual([code, stderr], [0, ''])
  const lines = linesOf(path)
  assert.deepEqual(lines.map((line) => line.message), ['main', 'worker', 'again'])
  for (const line of lines) {
    assert.equal(line['thread.id'], line.is)
    assert.equal(line['process.runtime.name'], 'nodejs')
    assert.equal(line['process.runtime.version'], process.versions.node)
  }
  assert.deepEqual([lines[0]['thread.name'], lines[2]['thread.name']], ['main', 'main'])
})
