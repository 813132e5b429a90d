// What the package is made of: its names, its sizes, and what it imports.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules, createRequire } from 'node:module'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const own = createRequire(new URL('../dist/', import.meta.url))
const shared = (name) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
const lib = new URL('../lib/', import.meta.url)

test('the names are those of the shared table', () => {
  const { attributes, values, metrics, buckets, lists, limits } = shared('names.json')
  const expected = { ...attributes, ...values, ...buckets, ...lists, ...limits }
  for (const [name, metric] of Object.entries(metrics)) expected[name] = { ...metric, buckets: buckets[metric.buckets] ?? null }
  assert.deepEqual({ ...own('./names.js') }, expected)
})

for (const { value, bytes } of shared('sizes.json')) {
  test(`the size of ${JSON.stringify(value)}`, () => assert.equal(own('./size.js').sizeOf(value), bytes))
}

test('a cycle has a size', () => {
  const cycle = { self: undefined }
  cycle.self = cycle
  assert.equal(own('./size.js').sizeOf(cycle), 9)
})

test('only the public face is used, no other adapter, and nothing is printed', () => {
  for (const file of readdirSync(lib)) {
    const source = readFileSync(new URL(file, lib), 'utf8')
    for (const [, path] of source.matchAll(/(?:from|import|require)[ (]'([^']+)'/g)) {
      const isAllowed = path === 'vigie' || path.startsWith('./') || builtinModules.includes(path.replace('node:', ''))
      assert.ok(isAllowed, `${file} imports ${path}`)
    }
    assert.doesNotMatch(source, /\bconsole\.|stdout/, `${file} prints: standard output is the protocol's`)
  }
})

test('the page shows the example, and the example runs', () => {
  const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const shown = /```js fragment\n(.*?)```/s.exec(page)[1]
  assert.equal(shown, readFileSync(new URL('../examples/server.mjs', import.meta.url), 'utf8'))
  const program = fileURLToPath(new URL('../examples/client.mjs', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' })
  assert.equal(stdout, '3\n', stderr)
  const lines = stderr.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  const spans = lines.filter((line) => line.kind === 'span')
  const traceOf = (name) => spans.find((span) => span.name === name).trace_id
  assert.equal(traceOf('tools/call add'), traceOf('answer a question'))
  assert.equal(lines.find((line) => line.message === 'adding 1 and 2').trace_id, traceOf('answer a question'))
})
