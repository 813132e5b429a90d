// The table and the shapes: the client has what they name, and both languages say the same.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { QdrantClient } from '@qdrant/js-client-rest'

const require = createRequire(import.meta.url)
const { NOT_OPERATIONS, OPERATIONS } = require('../dist/names.js')
const { hashOf, shapeOf } = require('../dist/shape.js')
const read = (name) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))

test('the table is what the one file says', () => {
  const { operations } = read('operations.json')
  const named = Object.entries(operations).flatMap(([name, { node, node_too }]) => [node, node_too].filter(Boolean).map((method) => [method, name]))
  assert.deepEqual([...OPERATIONS].map(([method, { name }]) => [method, name]), named)
})

test('every method of the client is in the table and back', () => {
  const methods = Object.getOwnPropertyNames(QdrantClient.prototype).filter((name) => !NOT_OPERATIONS.has(name))
  assert.deepEqual(methods.sort(), [...OPERATIONS.keys()].sort())
})

test('the first argument is a collection where the table says so', () => {
  for (const [name, { collection }] of OPERATIONS) {
    const source = Function.prototype.toString.call(QdrantClient.prototype[name])
    const takesText = /^(async )?\w+\([a-z_]*name\b/.test(source)
    if (takesText) assert.equal(/^(async )?\w+\(collection_name\b/.test(source), collection !== false, name)
  }
})

for (const { filter, shape } of read('shapes.json')) {
  test(`shape ${shape}`, () => {
    assert.equal(shapeOf(filter), shape)
    assert.equal(hashOf(filter), createHash('sha256').update(shape).digest('hex').slice(0, 16))
  })
}

test('shapes have no values and an end', () => {
  let deep = {}
  for (let depth = 0; depth < 100; depth += 1) deep = { must: [deep] }
  assert.ok(shapeOf(deep).length < 200)
  assert.equal(shapeOf({ key: 'at', range: { gt: new Date() } }), '{key=at,range:{gt:s}}')
  assert.equal(shapeOf(Array.from({ length: 1e6 }, (_, index) => index)), '[n]')
})
