// Whatever happens to us, executions are the same: what callers get, what n8n stores, how it ends, what it says.

import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, suite, test } from 'node:test'
import { farSide } from './far_side.mjs'
import { flows } from './flows.mjs'
import { copied, N8n, prepared, removed, skip, stored, until } from './n8n.mjs'

const FLOWS = ['plain', 'retry', 'output', 'parent', 'fails', 'code']
const HERE = dirname(fileURLToPath(import.meta.url))

function corrupt() {
  const file = join(mkdtempSync(join(tmpdir(), 'vigie-corrupt-')), 'vigie.json')
  writeFileSync(file, '{"outputs": [{"to": "nowhere"')
  return file
}

const FAULTS = {
  'nothing': {},
  'a full disk': { env: { VIGIE_OUTPUTS: '[{"to":"file","path":"/dev/full"}]' } },
  'a dead collector': { env: { VIGIE_OUTPUTS: '[{"to":"otlp","endpoint":"http://127.0.0.1:9"}]' } },
  'a corrupt configuration': { env: { VIGIE_CONFIG: corrupt() } },
  'a hook of which everything throws': { hooks: [join(HERE, 'programs', 'break.cjs')] },
}

suite('faults', { skip }, () => {
  let far
  let folder
  let bare
  before(async () => {
    far = await farSide()
    folder = await prepared(flows(far.url, far.url))
    bare = await outcome({ hook: false })
  })
  after(() => {
    far?.close()
    if (folder) removed(folder)
  })

  /** All that a user of n8n can see. */
  async function outcome(options) {
    const own = copied(folder)
    const n8n = await N8n.started(own, options)
    const answers = []
    for (const name of FLOWS) answers.push([name, normal(await n8n.webhook(name))])
    const executions = await until('all executions', () => {
      const all = stored(own)
      return all.length === FLOWS.length + 2 && all.every(({ status }) => ['success', 'error'].includes(status)) && all
    }, 60)
    const code = await n8n.stop()
    removed(own)
    return { answers, executions: executions.map(normal), code, said: said(n8n.output) }
  }

  for (const [name, options] of Object.entries(FAULTS)) {
    test(`the same with ${name}`, async () => {
      const ours = await outcome(options)
      assert.deepEqual(ours.answers, bare.answers)
      assert.deepEqual(ours.executions, bare.executions)
      assert.equal(ours.code, bare.code)
      assert.deepEqual(ours.said, bare.said)
    })
  }
})

/** Times, ports, and the two keys that we stamp differ; nothing else may. */
function normal(value) {
  const text = JSON.stringify(value, (key, inner) => (['startTime', 'executionTime', 'headers', 'trace_id', 'traceparent', 'webhookUrl', 'host', 'stack', 'startedAt', 'resumeToken', 'date', 'taskId', 'metadata', 'runtimeData'].includes(key) ? undefined : inner))
  return JSON.parse(text.replace(/127\.0\.0\.1:\d+/g, 'here').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'now'))
}

/** n8n's own words, without its ports and without the lines that are ours. */
function said(output) {
  const lines = output.split('\n').filter((line) => line !== '' && !line.startsWith('vigie'))
  return [...new Set(lines.map((line) => line.replace(/\d+/g, '#')))].sort()
}
