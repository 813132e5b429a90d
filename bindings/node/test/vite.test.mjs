// Vite's bundle for a server: with the package in it, and with the package left out. Vite comes by npm, so only with VIGIE_FULL=1.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { install, isFull, lines, scratch } from './helper.mjs'

const command = promisify(execFile)
const VITE = 'vite@8.4.0'
const PROGRAM = `
import * as vigie from 'vigie'
vigie.init({ service: 'shop', outputs: [{ to: 'console', stream: 'stdout', format: 'json' }] })
vigie.getLogger('x').info('from a server')
`
const WAYS = { inside: { noExternal: true }, 'left out': {} }

test('Vite', { skip: !isFull && 'VIGIE_FULL=1 runs it', timeout: 300_000 }, async (t) => {
  const folder = scratch(t)
  const at = { cwd: folder }
  writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}')
  writeFileSync(join(folder, 'server.mjs'), PROGRAM)
  mkdirSync(join(folder, 'node_modules'))
  try {
    await command('npm', ['install', '--no-audit', '--no-fund', '--silent', VITE], at)
  } catch (error) {
    // Without a registry there is nothing to try.
    return t.skip(`npm could not bring ${VITE}: ${error.message.split('\n')[0]}`)
  }
  install(folder)
  for (const [way, ssr] of Object.entries(WAYS)) {
    await t.test(`the package ${way}`, async () => {
      const config = { ssr, build: { ssr: 'server.mjs', outDir: 'out' } }
      writeFileSync(join(folder, 'vite.config.mjs'), `export default ${JSON.stringify(config)}`)
      await command(join(folder, 'node_modules', '.bin', 'vite'), ['build'], at)
      const bundle = readFileSync(join(folder, 'out', 'server.js'), 'utf8')
      assert.equal(/from ?["']vigie["']/.test(bundle), way === 'left out')
      const { stdout } = await command(process.execPath, ['out/server.js'], at)
      assert.deepEqual(lines(stdout).map(({ message }) => message), ['from a server'])
    })
  }
})
