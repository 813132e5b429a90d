// A slow reader of the console gets every line; one that stops costs the program its patience once.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { esm } from './helper.mjs'

const burst = (lines, text) => `
  import * as vigie from ${JSON.stringify(esm)}
  vigie.init({ service: 'burst', outputs: [{ to: 'console', stream: 'stdout' }] })
  const log = vigie.getLogger('a')
  const text = 'x'.repeat(${text})
  for (let n = 0; n < ${lines}; n++) log.info('burst', { n, text })
  await vigie.shutdown()`

function start(program) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (part) => { stderr += part })
  return { child, told: () => stderr, said: () => stderr.split('\n').filter((line) => line.startsWith('vigie:')) }
}

for (const [lines, text] of [[100_000, 1], [3_000, 1_100]]) {
  test(`${lines} lines of ${text} characters into a reader that is slow and late`, async () => {
    const { child, said } = start(burst(lines, text))
    await new Promise((resolve) => setTimeout(resolve, 300))
    let seen = 0
    for await (const part of child.stdout) {
      for (const byte of part) seen += byte === 10 ? 1 : 0
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    assert.deepEqual([seen, said()], [lines, []])
  })
}

// Seconds; so long that to wait for it twice would be seen.
const STALL = 3
// The thread's time is on a processor, in the queue for one, or waited: only the last one is the library's doing. The
// hook comes after the library's own, which was installed by `init`.
const stopped = `
  import * as vigie from ${JSON.stringify(esm)}
  import { readFileSync, writeFileSync } from 'node:fs'
  vigie.init({ service: 'burst', outputs: [{ to: 'console', stream: 'stdout', stall: ${STALL} }] })
  const log = vigie.getLogger('a')
  const busy = () => readFileSync('/proc/self/schedstat', 'latin1').split(' ').slice(0, 2).reduce((sum, ns) => sum + Number(ns) / 1e9, 0)
  const [begun, busyThen] = [performance.now(), busy()]
  process.on('exit', () => writeFileSync(2, 'waited ' + ((performance.now() - begun) / 1000 - busy() + busyThen) + '\\n'))
  for (let n = 0; n < 100_000; n++) log.info('burst', { n })
  log.error('last')`

test('a reader that has stopped', { skip: !existsSync('/proc/self/schedstat') && 'only Linux tells how long a thread waited' }, async () => {
  const { child, said, told } = start(stopped)
  const closed = once(child, 'close')
  const [code] = await once(child, 'exit')
  // What it said is complete when its streams are at their end.
  child.stdout.resume()
  await closed
  assert.equal(code, 0)
  assert.equal(said().length, 2, said().join('\n'))
  const waited = Number(/^waited (.*)$/m.exec(told())[1])
  assert.ok(waited < STALL + 2, `${waited} s`)
})
