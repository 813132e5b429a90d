// Whatever happens to us, executions are the same: what callers get, what n8n stores, how it ends, what it says.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, suite, test } from 'node:test'
import { farSide } from './far_side.mjs'
import { flows } from './flows.mjs'
import { copied, N8n, prepared, removed, skip, stored, until } from './n8n.mjs'

const BY_HAND = ['byhand', 'byhandfails']
/** The last one's error workflow begins when it likes: after it nothing else begins. */
const FLOWS = ['plain', 'retry', 'output', 'parent', 'code', 'fails']
const HERE = dirname(fileURLToPath(import.meta.url))
/** Each n8n has the same, so that what it says of itself is the same. */
const PORT = randomInt(20_000, 60_000)
const disks = []

function corrupt() {
  const file = join(mkdtempSync(join(tmpdir(), 'vigie-corrupt-')), 'vigie.json')
  writeFileSync(file, '{"outputs": [{"to": "nowhere"')
  return file
}

/** A disk of four pages that is full after some lines; undefined where none may be mounted. */
function tinyDisk() {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'vigie-tests', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  disks.push(folder)
  return join(folder, 'lines.jsonl')
}

const disk = skip ? undefined : tinyDisk()

const FAULTS = {
  'nothing': {},
  ...(disk && { 'a disk that gets full': { env: { VIGIE_OUTPUTS: JSON.stringify([{ to: 'file', path: disk }]) } } }),
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
    bare = (({ broken: _, ...seen }) => seen)(await outcome({ hook: false }))
  })
  after(() => {
    far?.close()
    if (folder) removed(folder)
    for (const disk of disks) execFileSync('umount', [disk])
  })

  /** All that a user of n8n can see. */
  async function outcome(options) {
    const own = copied(folder)
    const n8n = await N8n.started(own, { ...options, port: PORT })
    far.forget()
    const answers = []
    for (const name of FLOWS) answers.push([name, normal(await n8n.webhook(name))])
    const executions = await until('all executions', () => {
      const all = stored(own)
      return all.length === FLOWS.length + 2 && all.every(({ status }) => ['success', 'error'].includes(status)) && all
    })
    const code = await n8n.stop()
    const commands = []
    for (const id of BY_HAND) commands.push(await executed(own, id, options))
    const broken = n8n.lines().filter(({ place }) => place !== undefined).length
    removed(own)
    return { broken, answers, executions: executions.map(normal), code, said: said(n8n.output), commands }
  }

  /** A workflow by n8n's command: how it ends, and what it says. */
  async function executed(folder, id, options) {
    const n8n = new N8n(folder, { ...options, port: PORT, command: ['execute', `--id=${id}`] })
    const code = await n8n.exited
    // A bare n8n 2.41.1 does that one time in fifteen: a thread of its own still runs when the process ends.
    if (code === 'SIGSEGV') return executed(folder, id, options)
    const [data] = /^\{$[^]*?^\}$/m.exec(n8n.output) ?? ['{}']
    return { id, code, data: normal(JSON.parse(data)), said: said(n8n.output.replace(data, '')) }
  }

  for (const [name, options] of Object.entries(FAULTS)) {
    test(`the same with ${name}`, async () => {
      const { broken, ...ours } = await outcome(options)
      assert.deepEqual(differences(bare, ours), [])
      assert.equal(broken > 0, options.hooks !== undefined, 'what was to be broken was')
    })
  }
})

/** Where two things differ, in words. */
function differences(theirs, ours, path = '') {
  if (typeof theirs !== 'object' || typeof ours !== 'object' || theirs === null || ours === null) return theirs === ours ? [] : [`${path}: ${JSON.stringify(theirs)} but ${JSON.stringify(ours)}`]
  return [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].flatMap((key) => differences(theirs[key], ours[key], `${path}/${key}`))
}

const VARYING = ['establishedAt', 'timestamp', 'startTime', 'executionTime', 'headers', 'host', 'stack', 'startedAt', 'resumeToken', 'date', 'taskId', 'runtimeData']
const STAMPED = ['trace_id', 'traceparent', 'vigie_usage']

/** Times, ports, and the keys that we stamp differ; nothing else may. */
function normal(value) {
  const text = JSON.stringify(value, (key, inner) => {
    if (VARYING.includes(key)) return undefined
    if (key !== 'metadata') return inner
    const own = Object.entries(inner).filter(([name]) => !STAMPED.includes(name))
    return own.length === 0 ? undefined : Object.fromEntries(own)
  })
  return JSON.parse(text.replace(/(127\.0\.0\.1|localhost):\d+/g, 'here').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'now'))
}

/** What n8n says by the way, when a machine is slow. */
const BY_THE_WAY = /^(Task \(|Registered runner|Waiting for)|grant token|task broker|^Details: Unexpected server response|unknown webhook|webhook is not registered/

/** n8n's own words, without numbers, the stacks of errors, and the lines that are ours. */
function said(output) {
  const lines = output.split('\n').filter((line) => line !== '' && !/^vigie|^\s+at /.test(line) && !BY_THE_WAY.test(line))
  return Object.fromEntries(lines.map((line) => [line.replace(/\d+/g, '#'), true]))
}
