// What the tests share: scratch folders, programs in processes of their own, lines checked against the schema.
// Not for the tests themselves.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Ajv2020 from 'ajv/dist/2020.js'

export const here = dirname(fileURLToPath(import.meta.url))
export const root = dirname(here)
/** A URL: on Windows a path is none that can be imported. */
export const esm = new URL('../dist/esm/index.js', import.meta.url).href
export const cjs = join(root, 'dist', 'cjs', 'index.js')

/** Runs with large counts: `VIGIE_FULL=1`. */
export const isFull = process.env.VIGIE_FULL === '1'

const schema = JSON.parse(readFileSync(join(root, '../../core/schema/vigie.v1.schema.json'), 'utf8'))
const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false })
const validate = ajv.compile(schema)

/** A line as an object; fails when it is no valid line. */
export function checked(line) {
  const parsed = JSON.parse(line)
  assert.ok(validate(parsed), `${ajv.errorsText(validate.errors)}\n${line.slice(0, 2000)}`)
  // Readers that split at Unicode's line ends must see one line too.
  assert.ok(!/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(line), JSON.stringify(line.slice(0, 500)))
  return parsed
}

/** All lines of a text or file, each checked. */
export function lines(text) {
  if (text === '') return []
  assert.ok(text.endsWith('\n'), `the last line is not whole: ${JSON.stringify(text.slice(-200))}`)
  return text.slice(0, -1).split('\n').map(checked)
}

export const linesOf = (path) => lines(readFileSync(path, 'utf8'))

/** A folder that is gone when the test has ended. */
export function scratch(t) {
  const path = mkdtempSync(join(tmpdir(), 'vigie-node-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Runs a program of `test/programs` (or other arguments of node); its output and how it ended. */
export async function run(args, { env = {}, onStart, node = process.execPath } = {}) {
  const program = Array.isArray(args) ? args : [args]
  const argv = program[0].startsWith('-') ? program : [join(here, 'programs', program[0]), ...program.slice(1)]
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VIGIE_|OTEL_|TRACE|BAGGAGE|NODE_TEST)/.test(name)))
  const child = spawn(node, argv, { env: { ...clean, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text })
  child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text })
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })))
  onStart?.(child)
  const how = await ended
  return { ...how, stdout, stderr }
}

/** The package in a project as npm installs it: what is linked counts as the project's own code to bundlers. */
export function install(folder) {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const libraries = readdirSync(root).filter((name) => name.endsWith('.node'))
  for (const name of ['package.json', ...files, ...libraries]) {
    cpSync(join(root, name), join(folder, 'node_modules', 'vigie', name), { recursive: true })
  }
}

/** Keeps every line of this process from here on. */
export async function captured(vigie, work) {
  const { capture } = await import('../dist/esm/testing.js')
  const records = capture()
  try {
    await work()
    return records.lines.map(checked)
  } finally {
    records.stop()
  }
}
