// Bundles: the package works in one, wherever the library is, and says what to do when it is nowhere.
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'
import webpack from 'webpack'
import { root, run, scratch } from './helper.mjs'

const PROGRAM = `
vigie.init({ service: 'bundled', outputs: [{ to: 'console', stream: 'stdout' }] })
vigie.withContext({ user_id: 'u' }, () => vigie.span('s', () => vigie.getLogger('x').info('from a bundle', { a: 1 })))
vigie.flush().then(() => console.log(typeof capture))`
const SOURCES = {
  'esm.mjs': `import * as vigie from 'vigie'\nimport { capture } from 'vigie/testing'${PROGRAM}`,
  'cjs.cjs': `const vigie = require('vigie')\nconst { capture } = require('vigie/testing')${PROGRAM}`,
}

/** A project with the package installed, and a folder for its bundles. */
function project(t) {
  const folder = scratch(t)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'vigie'))
  for (const [name, source] of Object.entries(SOURCES)) writeFileSync(join(folder, name), source)
  return folder
}

const bundlers = {
  async esbuild(folder, source, format, more = {}) {
    const outfile = join(folder, 'out', format === 'esm' ? 'program.mjs' : 'program.cjs')
    const { errors, warnings } = await esbuild.build({
      entryPoints: [join(folder, source)], outfile, format, bundle: true, platform: 'node', logLevel: 'silent', ...more,
    })
    assert.deepEqual([errors, warnings], [[], []])
    return outfile
  },
  async webpack(folder, source, format, more = {}) {
    const filename = format === 'esm' ? 'program.mjs' : 'program.cjs'
    const asModules = { experiments: { outputModule: true }, output: { path: join(folder, 'out'), filename, module: true, chunkFormat: 'module' } }
    const compiler = webpack({
      context: folder, entry: `./${source}`, target: 'node20', mode: 'production', output: { path: join(folder, 'out'), filename },
      ...(format === 'esm' ? asModules : {}), ...more,
    })
    const stats = await promisify(compiler.run.bind(compiler))()
    await promisify(compiler.close.bind(compiler))()
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true })
    assert.deepEqual([errors.map(({ message }) => message), warnings.map(({ message }) => message)], [[], []])
    return join(folder, 'out', filename)
  },
}

/** The name of the native library on this machine. */
const library = `vigie.${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : process.platform === 'win32' ? '-msvc' : ''}.node`

const works = ({ stdout, stderr, code }) => {
  assert.deepEqual([stderr, code], ['', 0])
  const [line, last] = stdout.split('\n')
  const { message, service, user_id: user, a, span_id: span } = JSON.parse(line)
  assert.deepEqual([message, service, user, a, typeof span, last], ['from a bundle', 'bundled', 'u', 1, 'string', 'function'])
}
const play = (path, env) => run(['--no-warnings', path], { env })

for (const [name, bundle] of Object.entries(bundlers)) {
  for (const source of Object.keys(SOURCES)) {
    for (const format of ['esm', 'cjs']) {
      test(`${name}, ${source} to ${format}: inside of the bundle, left out of it, and with the library beside it`, { timeout: 120_000 }, async (t) => {
        const folder = project(t)
        const inside = await bundle(folder, source, format)
        works(await play(inside))

        const elsewhere = join(scratch(t), inside.split('/').at(-1))
        cpSync(inside, elsewhere)
        const lost = await play(elsewhere)
        assert.equal(lost.code, 1)
        assert.match(lost.stderr, /vigie: the native core could not be loaded[^]*external: \['vigie'\]/)
        works(await play(elsewhere, { VIGIE_NATIVE_LIB: join(root, library) }))
        cpSync(join(root, library), join(elsewhere, '..', library))
        works(await play(elsewhere))

        // A call of require that is left in a bundle of ES modules cannot work, whatever it asks for.
        if (name === 'esbuild' && source.startsWith(format)) works(await play(await bundle(folder, source, format, { external: ['vigie'] })))
      })
    }
  }
}

test('a folder that does not exist in the place of the own one, as Turbopack has it', async (t) => {
  const folder = project(t)
  const options = { define: { __dirname: JSON.stringify('/ROOT/node_modules/vigie') } }
  works(await play(await bundlers.esbuild(folder, 'cjs.cjs', 'cjs', options)))
})
