// The declarations: strict for users of ESM and CommonJS, and unchanged unless api.d.ts is changed on purpose.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { publicTypes } from '../scripts/api.mjs'
import { here, root, scratch } from './helper.mjs'

for (const [type, source] of ['module', 'commonjs'].flatMap((of) => ['usage.ts', 'otel.ts', 'bridges.ts'].map((source) => [of, source]))) {
  test(`${source} compiles with --strict in a package of type ${type}`, (t) => {
    const folder = scratch(t)
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(root, join(folder, 'node_modules', 'vigie'))
    for (const scope of ['@types', '@opentelemetry', '@nestjs', 'pino', 'winston', 'fastify', 'rxjs', 'reflect-metadata']) symlinkSync(join(root, 'node_modules', scope), join(folder, 'node_modules', scope))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }))
    writeFileSync(join(folder, source), readFileSync(join(here, 'types', source)))
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', 'node']
    // The types of other packages do not hold with it, and some not even with themselves.
    if (source === 'bridges.ts') options.push('--skipLibCheck')
    if (source === 'usage.ts') options.push('--exactOptionalPropertyTypes')
    try {
      execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options, source], { cwd: folder, encoding: 'utf8' })
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

/** The names of an object's leaves as paths: `limits.depth`. */
const leaves = (value, path) => Object.entries(value).flatMap(([name, inner]) => {
  const here = path === '' ? name : `${path}.${name}`
  return typeof inner === 'object' && !Array.isArray(inner) ? leaves(inner, here) : [here]
})

/** The names of the leaves of `interface Settings` in a source, those of `interface Limits` for `limits`. */
function declared(source) {
  const body = (name) => source.match(new RegExp(`interface ${name} \\{\n([^]*?)\n\\}`))[1].split('\n')
  let inside = ''
  return body('Settings').flatMap((line) => {
    const name = line.match(/readonly (\w+)/)?.[1]
    if (line.trim() === '}') inside = ''
    if (name === undefined) return []
    if (line.endsWith('{')) inside = `${name}.`
    if (line.endsWith(': Limits')) return body('Limits').map((limit) => `${name}.${limit.match(/readonly (\w+)/)[1]}`)
    return line.endsWith('{') ? [] : [inside + name]
  })
}

test('the settings that the core tells are those that lib/runtime/settings.ts declares', () => {
  const { binding } = createRequire(import.meta.url)('../native.cjs')
  const source = readFileSync(join(root, 'lib', 'runtime', 'settings.ts'), 'utf8')
  const told = leaves(JSON.parse(binding.settings()), '').sort()
  assert.deepEqual(declared(source).sort(), told)
  assert.ok(told.length > 12, told.join())
  assert.notDeepEqual(declared(source.replace('readonly depth', 'readonly depths')).sort(), told)
})
