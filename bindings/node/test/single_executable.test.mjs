// A single executable application takes the package from beside itself. The tool that makes one comes by npm, so only with VIGIE_FULL=1.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { isFull, lines, root, scratch } from './helper.mjs'

const command = promisify(execFile)
const POSTJECT = 'postject@1.0.0-alpha.6'
/** What Node looks for in itself. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'
const PROGRAM = `
const vigie = require('node:module').createRequire(__filename)('vigie')
vigie.init({ service: 'single', outputs: [{ to: 'console', stream: 'stdout', format: 'json' }] })
vigie.getLogger('x').info('from a single executable')
`

test('a single executable', { skip: !isFull && 'VIGIE_FULL=1 runs it', timeout: 300_000 }, async (t) => {
  const folder = scratch(t)
  const at = { cwd: folder }
  writeFileSync(join(folder, 'program.cjs'), PROGRAM)
  writeFileSync(join(folder, 'sea.json'), JSON.stringify({ main: 'program.cjs', output: 'sea.blob', disableExperimentalSEAWarning: true }))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'vigie'))
  await command(process.execPath, ['--experimental-sea-config', 'sea.json'], at)
  cpSync(process.execPath, join(folder, 'program'))
  try {
    await command('npx', ['--yes', POSTJECT, 'program', 'NODE_SEA_BLOB', 'sea.blob', '--sentinel-fuse', FUSE], at)
  } catch (error) {
    // Without a registry there is nothing to try.
    return t.skip(`npm could not bring ${POSTJECT}: ${error.message.split('\n')[0]}`)
  }
  const { stdout } = await command(join(folder, 'program'), [], at)
  assert.deepEqual(lines(stdout).map(({ message }) => message), ['from a single executable'])
})
