// Bun and Deno, which npm brings: the same lines as Node writes, and none lost at an end. They are a quarter of a gigabyte, so only with
// VIGIE_FULL=1.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { here, isFull, lines, root, scratch } from './helper.mjs'

const PACKAGES = ['bun@1.4.5', 'deno@2.9.6']
const conformance = join(root, '../../tests/conformance')
const vectors = join(conformance, 'vectors')
const command = promisify(execFile)

/** Ways to end, the code that a process ends with, and what comes behind the thousand lines. */
const ENDS = {
  nothing: [0, []],
  exit: [3, []],
  throw: [1, ['unhandled rejection']],
  kill: [null, ['urgent']],
  later: [0, ['later']],
}

async function play(program, args, folder) {
  try {
    await command(program, args, { cwd: folder, maxBuffer: 1 << 26 })
    return 0
  } catch (error) {
    if (error.signal === null && typeof error.code !== 'number') throw error
    return error.code
  }
}

/** Whether the vector says what stands in the environment: what a program sets there itself does not reach native code in Bun. */
const setsEnvironment = (name) => 'env' in JSON.parse(readFileSync(join(vectors, name), 'utf8'))

/** The lines that a runtime wrote for each vector. */
async function conform(folder, name, program, args) {
  const out = join(folder, name)
  mkdirSync(out)
  assert.equal(await play(program, [...args, 'driver.mjs', vectors, out], folder), 0)
  return (vector) => {
    const path = join(out, vector.replace('.json', '.jsonl'))
    return existsSync(path) ? readFileSync(path, 'utf8') : null
  }
}

test('Bun and Deno', { skip: !isFull && 'VIGIE_FULL=1 runs it', timeout: 600_000 }, async (t) => {
  const folder = scratch(t)
  writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}')
  try {
    await command('npm', ['install', '--no-audit', '--no-fund', '--silent', ...PACKAGES], { cwd: folder })
  } catch (error) {
    // Without a registry there is nothing to try.
    return t.skip(`npm could not bring them: ${error.message.split('\n')[0]}`)
  }
  symlinkSync(root, join(folder, 'node_modules', 'vigie'))
  cpSync(join(here, 'programs', 'ways_to_end.mjs'), join(folder, 'ways_to_end.mjs'))
  const driver = readFileSync(join(conformance, 'drivers', 'driver.mjs'), 'utf8')
  const named = driver.replace('../../../bindings/node/dist/esm/index.js', 'vigie')
  assert.notEqual(named, driver)
  writeFileSync(join(folder, 'driver.mjs'), named)
  const names = readdirSync(vectors).filter((name) => name.endsWith('.json'))
  const expected = await conform(folder, 'node', process.execPath, [])
  for (const [runtime, args] of [['bun', []], ['deno', ['run', '--allow-all']]]) {
    const program = join(folder, 'node_modules', '.bin', runtime)
    await t.test(`${runtime}: the same lines for every vector`, async () => {
      const told = await conform(folder, runtime, program, args)
      const asked = names.filter((name) => runtime !== 'bun' || !setsEnvironment(name))
      assert.ok(asked.length > 300, `${asked.length}`)
      for (const name of asked) assert.equal(told(name), expected(name), name)
    })
    for (const [how, [code, last]] of Object.entries(ENDS)) {
      await t.test(`${runtime}: no line is lost at the end by: ${how}`, async () => {
        const path = join(folder, `${runtime}-${how}.jsonl`)
        assert.equal(await play(program, [...args, 'ways_to_end.mjs', path, how], folder), code)
        const messages = lines(readFileSync(path, 'utf8')).map(({ message }) => message)
        assert.deepEqual([messages.length, messages.slice(1000)], [1000 + last.length, last])
      })
    }
  }
})
