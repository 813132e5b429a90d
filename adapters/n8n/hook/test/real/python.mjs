// The service in Python, with the interpreter that has Vigie.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = dirname(fileURLToPath(import.meta.url))
const PYTHON = process.env.VIGIE_PYTHON ?? join(HERE, '..', '..', '..', '..', '..', 'target', 'venv', 'bin', 'python')

export async function pythonService(folder) {
  const file = join(folder, 'service.jsonl')
  const child = spawn(PYTHON, [join(HERE, 'service.py'), file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise((resolve, reject) => {
    child.stdout.once('data', (text) => resolve(Number(text)))
    child.once('exit', (code) => reject(new Error(`the service ended: ${code}`)))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    lines: () => readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)),
    close: () => child.kill(),
  }
}
