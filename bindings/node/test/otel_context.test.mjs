// Where the context goes behind the OpenTelemetry API: under each span stands what the official SDK puts there, whichever face
// began it, and nobody complains on standard error. Not for what a span says: see otel.test.mjs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './helper.mjs'

for (const whose of ['official', 'vigie']) {
  test(`the ways of a context: ${whose}`, async (t) => {
    const { stdout, stderr, code } = await run(['otel/contexts.mjs', whose])
    assert.deepEqual([stderr, code], ['', 0])
    const ways = Object.entries(JSON.parse(stdout))
    assert.ok(ways.length >= (whose === 'vigie' ? 27 : 22), `${ways.length} ways`)
    for (const [name, { expected, found }] of ways) await t.test(name, () => assert.deepEqual(found, expected))
  })
}
