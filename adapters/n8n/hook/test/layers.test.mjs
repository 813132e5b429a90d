// Layers find their places, and switch themselves off where this n8n has none.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRequire } from 'node:module'
import * as vigie from 'vigie'
import { memoryLines } from 'vigie/testing'
import { likeness, MODULES } from './likeness.mjs'

const { start } = createRequire(import.meta.url)('../dist/start.js')

/** Starts on an n8n with these modules and gives what was logged. */
async function startedOn(modules, environment = {}) {
  const before = { ...process.env }
  Object.assign(process.env, { VIGIE_OUTPUTS: '[{"to":"memory"}]', ...environment })
  try {
    start(likeness(modules).main)
    await vigie.flush()
    return memoryLines().map((line) => JSON.parse(line)).filter(({ kind }) => kind === undefined)
  } finally {
    process.env = before
    await vigie.shutdown()
  }
}

const said = (logs) => logs.find(({ event }) => event === 'n8n.watched')

test('one line says what is on, one warning each what is not', async () => {
  const logs = await startedOn(MODULES)
  assert.equal(said(logs).on, 'lifecycle, nodes, webhooks')
  assert.equal(said(logs).off, 'queue, logs, events, langchain')
  const warnings = logs.filter(({ level }) => level === 'WARN')
  assert.deepEqual(warnings.map(({ layer }) => layer), ['queue', 'logs', 'events', 'langchain'])
  assert.match(warnings[0].reason, /workflow-runner cannot be loaded/)
})

test('a hook point that has another shape switches its layer off', async () => {
  const logs = await startedOn({ ...MODULES, '@n8n/decorators': 'exports.LifecycleMetadata = class {}', 'n8n-core': 'exports.WorkflowExecute = class {}' })
  assert.equal(said(logs).on, 'webhooks')
  assert.match(logs.find(({ layer }) => layer === 'lifecycle').reason, /takes no handlers/)
  assert.match(logs.find(({ layer }) => layer === 'nodes').reason, /no method runNode/)
})

test('a program that is no n8n is left alone', async () => {
  const logs = await startedOn({})
  assert.equal(said(logs).on, 'webhooks')
})

test('a setting that is not accepted is told and has its default', async () => {
  const logs = await startedOn(MODULES, { VIGIE_N8N_SPANS: 'many' })
  assert.match(logs[0].message, /VIGIE_N8N_SPANS: "many"; accepted: a whole number above 0; 1000 is used/)
})
