// A slow reader of the console gets every line; one that stops costs the program its patience once.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { esm } from './helper.mjs'

const burst = (lines, text) => `
  import * as vigie from ${JSON.stringify(esm)}
  vigie.init({ service: 'burst', outputs: [{ to: 'console', stream: 'stdout' }] })
  const log = vigie.getLogger('a')
  const text = 'x'.repeat(${text})
  for (let n = 0; n < ${lines}; n++) log.info('burst', { n, text })
  await vigie.shutdown()`

function start(lines, text) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', burst(lines, text)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (part) => { stderr += part })
  return { child, said: () => stderr.split('\n').filter((line) => line.startsWith('vigie:')) }
}

for (const [lines, text] of [[100_000, 1], [3_000, 1_100]]) {
  test(`${lines} lines of ${text} characters into a reader that is slow and late`, async () => {
    const { child, said } = start(lines, text)
    await new Promise((resolve) => setTimeout(resolve, 300))
    let seen = 0
    for await (const part of child.stdout) {
      for (const byte of part) seen += byte === 10 ? 1 : 0
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    assert.deepEqual([seen, said()], [lines, []])
  })
}

test('a reader that has stopped', async () => {
  const begun = performance.now()
  const { child, said } = start(100_000, 1)
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
  assert.equal(said().length, 2, said().join('\n'))
  assert.ok(performance.now() - begun < 10_000, 'its patience and what recording takes beside other programs')
})
