// A real n8n with this package and the workflows in it, in a folder of its own, on ports of its own.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url))
/** Stays between runs: the migrations of an empty database are most of the time that n8n takes to start. */
const HOME = join(tmpdir(), 'vigie-n8n-nodes')
const BOOT_MS = 600_000

async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** @param folder that has `node_modules/n8n` */
export async function startN8n(folder, workflows, credentials) {
  const [port, broker] = [await freePort(), await freePort()]
  const env = {
    PATH: process.env.PATH,
    HOME,
    N8N_USER_FOLDER: HOME,
    N8N_ENCRYPTION_KEY: 'test',
    N8N_PORT: String(port),
    N8N_RUNNERS_BROKER_PORT: String(broker),
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_LOG_LEVEL: 'debug',
    N8N_LOG_FORMAT: 'json',
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
    EXTERNAL_HOOK_FILES: fileURLToPath(new URL('./publish.cjs', import.meta.url)),
  }
  const program = join(folder, 'node_modules/n8n/bin/n8n')
  const n8n = (...args) => execFileSync(process.execPath, [program, ...args], { cwd: folder, env: { ...env, EXTERNAL_HOOK_FILES: '' }, timeout: BOOT_MS })
  install()
  n8n('import:credentials', `--input=${written('credentials', credentials)}`)
  n8n('import:workflow', '--separate', `--input=${writtenEach(workflows)}`)

  const child = spawn(process.execPath, [program, 'start'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (piece) => (log += piece))
  const url = `http://127.0.0.1:${port}`
  const stop = () => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGTERM'))
  try {
    await until(() => /Activated workflow[^\n]*\n/.test(log) && log.split('Activated workflow').length > workflows.length, () => log.slice(-4000))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    stop,
    /** What the nodes wrote into n8n's log. */
    records: () => recordsOf(log),
    call: async (path, body = {}) => {
      const answer = await fetch(`${url}/webhook/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      const text = await answer.text()
      return { status: answer.status, text, json: () => JSON.parse(text) }
    },
  }
}

function install() {
  const home = join(HOME, '.n8n/nodes/node_modules/n8n-nodes-vigie')
  rmSync(home, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  for (const part of ['dist', 'package.json']) cpSync(join(PACKAGE, part), join(home, part), { recursive: true })
}

function written(name, content) {
  const file = join(HOME, `${name}.json`)
  writeFileSync(file, JSON.stringify(content))
  return file
}

function writtenEach(workflows) {
  const folder = join(HOME, 'workflows')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const workflow of workflows) written(`workflows/${workflow.id}`, workflow)
  return folder
}

function recordsOf(log) {
  const found = []
  for (const line of log.split('\n')) {
    if (!line.includes('"vigie":{')) continue
    const { message, level, metadata } = JSON.parse(line)
    found.push({ message, level, ...metadata.vigie })
  }
  return found
}

export async function until(isSo, otherwise, within_ms = BOOT_MS) {
  for (const end = Date.now() + within_ms; !isSo(); ) {
    if (Date.now() > end) throw new Error(`waited in vain: ${otherwise()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
