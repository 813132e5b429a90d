// The declarations: strict for users of ESM and CommonJS, and unchanged unless api.d.ts is changed on purpose.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { publicTypes } from '../scripts/api.mjs'
import { here, root, scratch } from './helper.mjs'

for (const type of ['module', 'commonjs']) {
  test(`usage.ts compiles with --strict in a package of type ${type}`, (t) => {
    const folder = scratch(t)
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(root, join(folder, 'node_modules', 'vigie'))
    symlinkSync(join(root, 'node_modules', '@types'), join(folder, 'node_modules', '@types'))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }))
    writeFileSync(join(folder, 'usage.ts'), readFileSync(join(here, 'types', 'usage.ts')))
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', 'node', '--exactOptionalPropertyTypes']
    try {
      execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options, 'usage.ts'], { cwd: folder, encoding: 'utf8' })
    } catch (error) {
      assert.fail(error.stdout)
    }
  })
}

test('api.d.ts holds the declarations of the public face (npm run api writes it)', () => {
  assert.equal(readFileSync(join(root, 'api.d.ts'), 'utf8'), publicTypes())
})

test('no `any` in the sources, no dependency at run time', () => {
  assert.ok(!/\bany\b(?! other| of| time| form| record| value| realm| error)/.test(publicTypes().replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')))
  const { dependencies, optionalDependencies, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  assert.deepEqual([dependencies, optionalDependencies, scripts.postinstall, scripts.install], [undefined, undefined, undefined, undefined])
})
