// The table of names is the one that all languages have.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'

const require = createRequire(import.meta.url)
const made = require('../dist/semantics.js')
const { namesOf, wantsLatest } = require('../dist/names.js')

test('the generated table is the file', () => {
  const { about, states, provider_instrumentations, node, ...shared } = JSON.parse(readFileSync(new URL('../../semantics.json', import.meta.url), 'utf8'))
  const expected = Object.fromEntries(Object.entries({ ...shared, ...node }).map(([name, value]) => [name.toUpperCase(), value]))
  assert.deepEqual({ ...made }, expected)
})

test('the latest names are for who asks', (t) => {
  const before = process.env.OTEL_SEMCONV_STABILITY_OPT_IN
  t.after(() => { if (before === undefined) delete process.env.OTEL_SEMCONV_STABILITY_OPT_IN; else process.env.OTEL_SEMCONV_STABILITY_OPT_IN = before })
  assert.equal(namesOf(false).cache_write_tokens, 'gen_ai.usage.cache_creation.input_tokens')
  assert.equal(namesOf(true).cache_write_tokens, 'gen_ai.usage.cache_write.input_tokens')
  for (const [value, wanted] of [['', false], ['http, gen_ai_latest_experimental', true], ['http/dup', false]]) {
    process.env.OTEL_SEMCONV_STABILITY_OPT_IN = value
    assert.equal(wantsLatest(), wanted)
  }
})
