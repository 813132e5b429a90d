// Node's permission model: native code has to be allowed, and who did not allow it is told so.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { here, linesOf, run, scratch } from './helper.mjs'

const program = join(here, 'programs', 'ways_to_end.mjs')
const skip = !process.allowedNodeEnvironmentFlags.has('--permission') && 'this Node has no --permission'
const start = (t, more) => {
  const path = join(scratch(t), 'out.jsonl')
  return { path, ended: run(['--permission', '--allow-fs-read=*', ...more, program, path, 'nothing']) }
}

test('with --allow-addons it works', { skip }, async (t) => {
  const { path, ended } = start(t, ['--allow-addons'])
  assert.equal((await ended).code, 0)
  assert.equal(linesOf(path).length, 1000)
})

test('without it the error names it', { skip }, async (t) => {
  const { code, stderr } = await start(t, []).ended
  assert.equal(code, 1)
  assert.match(stderr, /the native core could not be loaded[^]*under --permission: --allow-addons/)
})
