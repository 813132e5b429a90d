// A real n8n for tests: a user folder of its own, the hook or none, and what was written.

import { execFile, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The folder that install.sh has filled. */
const HOME = process.env.VIGIE_N8N
export const NODE = HOME && join(HOME, 'bin', 'node')
const PROGRAM = HOME && join(HOME, 'n8n', 'node_modules', 'n8n', 'bin', 'n8n')
const HERE = dirname(fileURLToPath(import.meta.url))
/** A redis that install.sh has unpacked, or the system's. */
export const REDIS = HOME && existsSync(join(HOME, 'bin', 'redis-server')) ? join(HOME, 'bin', 'redis-server') : 'redis-server'
export const HOOK = join(HERE, '..', '..', 'dist', 'hook.js')
/** Why these tests are left out, and how they are run; false when an n8n is there. */
export const skip = !HOME ? 'no n8n: test/real/install.sh FOLDER installs one, VIGIE_N8N=FOLDER names it' : !existsSync(PROGRAM) ? `no n8n in ${HOME}` : false

const run = promisify(execFile)
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** What `look` gives as soon as it gives something. */
export async function until(what, look, seconds = 120) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) {
    const found = await look()
    if (found) return found
  }
  throw new Error(`waited ${seconds} s for ${what}`)
}

function environment(folder, hooks, more) {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    N8N_USER_FOLDER: folder,
    N8N_ENCRYPTION_KEY: 'of-the-tests',
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_RUNNERS_ENABLED: 'true',
    N8N_SECURE_COOKIE: 'false',
    DB_SQLITE_POOL_SIZE: '3',
    // A machine that is busy is no database that is down.
    DB_PING_TIMEOUT_MS: '60000',
    EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all',
    N8N_BLOCK_ENV_ACCESS_IN_NODE: 'false',
    N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
    ...(hooks.length > 0 ? { EXTERNAL_HOOK_FILES: hooks.join(':') } : {}),
    ...more,
  }
}

/** A user folder with these workflows, published where they wait for something; credentials as `import:credentials` has them. */
export async function prepared(workflows, credentials = [], { withNodes = false } = {}) {
  const folder = copied(join(HOME, 'base'))
  if (withNodes) installNodes(folder)
  const command = (...args) => run(NODE, [PROGRAM, ...args], { env: environment(folder, [], {}), maxBuffer: 1 << 26 })
  const input = join(folder, 'input')
  mkdirSync(input)
  for (const workflow of workflows) writeFileSync(join(input, `${workflow.id}.json`), JSON.stringify(workflow))
  await command('import:workflow', '--separate', `--input=${input}`)
  if (credentials.length > 0) {
    const file = join(folder, 'credentials.json')
    writeFileSync(file, JSON.stringify(credentials))
    await command('import:credentials', `--input=${file}`)
  }
  publish(folder, workflows.filter(({ publish = true }) => publish).map(({ id }) => id))
  return folder
}

/** The nodes of this checkout, where n8n finds those of the community. */
function installNodes(folder) {
  const home = join(folder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-vigie')
  for (const part of ['dist', 'package.json']) cpSync(join(HERE, '..', '..', '..', 'nodes', part), join(home, part), { recursive: true })
}

/** Does what the command `publish:workflow` does, which takes some seconds for each. */
function publish(folder, ids) {
  const database = opened(folder)
  for (const id of ids) database.prepare('update workflow_entity set active = 1, activeVersionId = versionId where id = ?').run(id)
  database.close()
}

/** n8n's database. */
function opened(folder) {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  return new DatabaseSync(join(folder, '.n8n', 'database.sqlite'))
}

/** One process of n8n. */
export class N8n {
  /** `hook`: false starts a bare n8n. `env` comes on top. */
  constructor(folder, { hook = true, hooks = [], env = {}, command = ['start'], port = randomInt(20_000, 60_000) } = {}) {
    this.folder = folder
    this.port = port
    this.file = join(folder, `lines-${port}.jsonl`)
    this.output = ''
    const outputs = JSON.stringify([{ to: 'file', path: this.file }])
    const own = { N8N_PORT: `${port}`, N8N_RUNNERS_BROKER_PORT: `${port + 1}`, VIGIE_OUTPUTS: outputs, VIGIE_LEVEL: 'debug', ...env }
    this.child = spawn(NODE, [PROGRAM, ...command], { env: environment(folder, [...hooks, ...(hook ? [HOOK] : [])], own), stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (text) => (this.output += text))
    this.exited = new Promise((resolve) => this.child.on('exit', (code, signal) => resolve(code ?? signal)))
  }

  static async started(folder, options) {
    const n8n = new N8n(folder, options)
    await n8n.ready()
    return n8n
  }

  async ready(path = '/healthz/readiness') {
    await until(`n8n: ${this.output.slice(-2000)}`, async () => {
      if (this.child.exitCode !== null) throw new Error(`n8n ended: ${this.output.slice(-4000)}`)
      return fetch(`http://127.0.0.1:${this.port}${path}`).then(({ ok }) => ok, () => false)
    }, 240)
    return this
  }

  /** The answer of a webhook. A path may be known a little later than the server. */
  async webhook(path, init) {
    return until(`the webhook ${path}`, async () => {
      const response = await fetch(`http://127.0.0.1:${this.port}/webhook/${path}`, init)
      return response.status !== 404 && { status: response.status, body: await response.text() }
    })
  }

  lines() {
    if (!existsSync(this.file)) return []
    return readFileSync(this.file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line))
  }

  /** The lines of the executions of a workflow once `count` of them have ended, spans and logs. */
  async executions(workflow, count = 1, seconds = 120) {
    return until(`${count} executions of ${workflow}: ${this.output.slice(-1500)}`, () => {
      const ended = this.lines().filter((line) => line.event === 'n8n.execution' && line['n8n.workflow.id'] === workflow)
      const isWhole = ended.length >= count && ended.every((line) => this.spans().some((span) => span.name.startsWith('workflow ') && span.span_id === line.span_id))
      return (isWhole || (ended.length >= count && this.isNative)) && ended
    }, seconds)
  }

  spans() {
    return this.lines().filter(({ kind }) => kind === 'span')
  }

  /** Spans of one trace. */
  trace(id) {
    return this.spans().filter(({ trace_id }) => trace_id === id)
  }

  async stop(signal = 'SIGTERM') {
    this.child.kill(signal)
    return this.exited
  }
}

/** Executions as n8n itself has stored them, oldest first: id, workflow, status, data, metadata. */
export function stored(folder) {
  const load = createRequire(PROGRAM)
  const { parse } = load('flatted')
  const database = opened(folder)
  try {
    const rows = database.prepare('select e.id, e.workflowId, e.status, e.mode, d.data from execution_entity e join execution_data d on d.executionId = e.id order by e.id').all()
    return rows.map(({ data, ...row }) => ({ ...row, id: String(row.id), data: parse(data) }))
  } finally {
    database.close()
  }
}

/** A copy of a prepared folder. */
export function copied(folder) {
  const copy = mkdtempSync(join(tmpdir(), 'vigie-n8n-'))
  cpSync(folder, copy, { recursive: true })
  return copy
}

export function removed(...folders) {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
