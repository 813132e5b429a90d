// `npx vigie`: the command of this platform's package, or the name of that package.
import assert from 'node:assert/strict'
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { root, run, scratch } from './helper.mjs'

const { platformName } = createRequire(import.meta.url)('../platform.cjs')
const carrier = `@vigie/native-${platformName()}`
const isWindows = process.platform === 'win32'

/** The package as it is installed, with a command of these lines of shell beside it. */
function installed(t, script) {
  const modules = join(scratch(t), 'node_modules')
  for (const name of ['bin', 'platform.cjs', 'package.json']) cpSync(join(root, name), join(modules, 'vigie', name), { recursive: true })
  if (script !== undefined) {
    mkdirSync(join(modules, carrier), { recursive: true })
    const command = join(modules, carrier, 'vigie')
    writeFileSync(command, `#!/bin/sh\n${script}\n`)
    chmodSync(command, 0o755)
  }
  return join(modules, 'vigie', 'bin', 'vigie.cjs')
}

test('without the package of the platform it is named', async (t) => {
  const { stdout, stderr, code } = await run(['--', installed(t)])
  assert.deepEqual([stdout, code], ['', 2])
  assert.ok(stderr.includes(`npm install ${carrier}`), stderr)
})

test('arguments, streams and the exit code are those of the command', { skip: isWindows && 'the command is a script' }, async (t) => {
  const program = installed(t, 'echo "$@"; echo bad >&2; exit 3')
  assert.deepEqual(await run(['--', program, 'search', 'a b']), { code: 3, signal: null, stdout: 'search a b\n', stderr: 'bad\n' })
})

test('a signal reaches the command, and its end by one is told', { skip: isWindows && 'there are no signals' }, async (t) => {
  const program = installed(t, 'echo ready; exec sleep 60')
  const onStart = (child) => child.stdout.once('data', () => child.kill('SIGTERM'))
  const { signal, stdout } = await run(['--', program], { onStart })
  assert.deepEqual([signal, stdout], ['SIGTERM', 'ready\n'])
})
