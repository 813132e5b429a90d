// A route handler of Next that uses the package, built by each of Next's bundlers. Next is a third of a gigabyte, so only
// with VIGIE_FULL=1, and only where npm can bring it.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { install, isFull, lines, scratch } from './helper.mjs'

const PACKAGES = ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1']
const FILES = {
  'package.json': '{"name": "shop", "private": true, "type": "module"}',
  'app/layout.jsx': 'export default ({ children }) => <html><body>{children}</body></html>',
  'app/page.jsx': 'export default () => <p>shop</p>',
  'app/log/route.js': `import * as vigie from 'vigie'
vigie.init({ service: 'shop', outputs: [{ to: 'file', path: process.env.LOG ?? '/dev/null' }] })
export const dynamic = 'force-dynamic'
export const GET = (request) => vigie.extract(request.headers, () => vigie.span('GET /log', async () => {
  vigie.getLogger('route').info('from a route')
  await vigie.flush()
  return Response.json({ ok: true })
}))`,
}
const WAYS = [
  ['Turbopack', [], '{}'],
  ['webpack', ['--webpack'], '{}'],
  ['the package left out', [], "{ serverExternalPackages: ['vigie'] }"],
]
const TRACE = '0af7651916cd43dd8448eb211c80319c'

const command = promisify(execFile)
const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' }

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Asks the route until the server is there. */
async function ask(port) {
  const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }
  for (let attempt = 0; attempt < 120; attempt++) {
    try {
      return await (await fetch(`http://127.0.0.1:${port}/log`, { headers })).json()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
  throw new Error('the server did not come up')
}

test('a route handler of Next', { skip: !isFull && 'VIGIE_FULL=1 runs it', timeout: 1_800_000 }, async (t) => {
  const folder = scratch(t)
  mkdirSync(join(folder, 'app', 'log'), { recursive: true })
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
  try {
    await command('npm', ['install', '--no-audit', '--no-fund', '--silent', ...PACKAGES], { cwd: folder })
  } catch (error) {
    return t.skip(`npm could not bring Next: ${error.message.split('\n')[0]}`)
  }
  install(folder)
  const next = join(folder, 'node_modules', 'next', 'dist', 'bin', 'next')
  for (const [name, options, config] of WAYS) {
    await t.test(name, async (t) => {
      const log = join(folder, `${name}.jsonl`)
      writeFileSync(join(folder, 'next.config.mjs'), `export default ${config}`)
      await command(process.execPath, [next, 'build', ...options], { cwd: folder, env: environment })
      const port = await freePort()
      const server = spawn(process.execPath, [next, 'start', '-H', '127.0.0.1', '-p', String(port)], {
        cwd: folder, env: { ...environment, LOG: log }, stdio: 'ignore',
      })
      t.after(() => server.kill('SIGKILL'))
      assert.deepEqual(await ask(port), { ok: true })
      const [line] = lines(readFileSync(log, 'utf8'))
      assert.deepEqual([line.message, line.trace_id], ['from a route', TRACE])
    })
  }
})
