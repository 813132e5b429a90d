// Compiles lib/ to dist/: declarations and entries for ESM and CommonJS, and behind both one file with the face, and one with what
// only some programs ask for and shares the parts of the first.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
// Beside it first, and in its place when it is whole: programs may be running.
const fresh = join(root, 'node_modules', '.vigie-dist')
const esm = join(fresh, 'esm')
const cjs = join(fresh, 'cjs')
/** What users import. These and the files that are made stay, the others are only their parts. */
const ENTRIES = ['index.js', 'testing.js', 'otel.js', 'register.js', 'channels.js', 'pino.js', 'winston.js', 'http.js', 'nest.js']
const WHOLE = 'entry/singleton.js'
/** The parts that are not in the one file. */
const isMore = (name) => /^(?:opentelemetry|diagnostics|requests\/|bridges\/(?!console)|entry\/(?:otel|channels|pino|winston|http|nest))/.test(name)
const MORE = 'entry/more.js'
/** The faces made of them, each in a file of its own that loads only that one. */
const FACES = ['otel', 'channels', 'pino', 'winston', 'http', 'nest'].map((name) => `entry/${name}.js`)
/** The loader of the native core, as seen from there. */
const NATIVE = posix.relative(posix.dirname(`dist/cjs/${WHOLE}`), 'native.cjs')

const tsc = (...options) => {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.json'), ...options], { stdio: 'inherit' })
}

/** The scripts of a folder and of those inside it, as `entry/api.js`. */
const scripts = (folder) => readdirSync(folder, { recursive: true }).map((name) => name.replaceAll('\\', '/')).filter((name) => name.endsWith('.js'))

/** The source of a part, whose imports are named as seen from the folder of all parts, or from the one file. */
function part(name) {
  const source = readFileSync(join(cjs, name), 'utf8')
  return source.replaceAll(/require\("([.#][^"]*)"\)/g, (_, target) => {
    const seen = target === '#native' ? NATIVE : posix.join(posix.dirname(name), target)
    return `require(${JSON.stringify(seen)})`
  })
}

/**
 * Reading forty files takes longer than everything else that a program does when it loads the package. `elsewhere` finds a part
 * that is in none of these, `exported` is what the file is for.
 */
function bundle(names, elsewhere, exported) {
  const sources = names.map((name) => [name, part(name)])
  const functions = sources.map(([name, source]) => `${JSON.stringify(name)}(exports, require) {\n${source}\n}`)
  const wanted = new Set(sources.flatMap(([, source]) => [...source.matchAll(/require\(['"]((?:node:|@)[^'"]*)['"]\)/g)].map(([, name]) => name)))
  const outside = [...wanted].sort().map((name) => `${JSON.stringify(name)}: () => require(${JSON.stringify(name)})`)
  return `'use strict'
// Made from lib/ by scripts/build.mjs.
// Bundlers read the calls of require below, so each names what it wants. In a bundle of ES modules there is no require, and
// process.getBuiltinModule is asked first; Node before 20.16 does not have it.
const outside = {
${outside.join(',\n')},
${JSON.stringify(NATIVE)}: () => require(${JSON.stringify(NATIVE)})
}
const made = {}
const load = (name) => {
  if (name in outside) return (name.startsWith('node:') && process.getBuiltinModule?.(name)) || outside[name]()
  if (!(name in parts)) return ${elsewhere}
  if (!(name in made)) parts[name]((made[name] = {}), load)
  return made[name]
}
const parts = {
${functions.join(',\n')}
}
module.exports = ${exported}
`
}

function prune(folder) {
  for (const name of scripts(folder)) if (!ENTRIES.includes(name)) rmSync(join(folder, name))
}

try {
  rmSync(fresh, { recursive: true, force: true })
  tsc('--outDir', esm)
  const commonjs = ['--outDir', cjs, '--module', 'commonjs', '--moduleResolution', 'bundler']
  tsc(...commonjs, '--emitDeclarationOnly')
  // Comments are for declarations: the engine would read them at every start.
  tsc(...commonjs, '--declaration', 'false', '--removeComments')
  const parts = scripts(cjs).filter((name) => !ENTRIES.includes(name))
  const whole = bundle(parts.filter((name) => !isMore(name)), 'undefined', `load('${WHOLE}')`)
  const more = bundle(parts.filter(isMore), `require('./singleton.js').part(name)`, 'load')
  prune(cjs)
  prune(esm)
  writeFileSync(join(cjs, WHOLE), whole)
  writeFileSync(join(cjs, MORE), more)
  for (const name of FACES) writeFileSync(join(cjs, name), `'use strict'\nmodule.exports = require('./more.js')('${name}')\n`)
  for (const name of [WHOLE, ...FACES]) writeFileSync(join(esm, name), `import whole from '../../cjs/${name}'\nexport const { face } = whole\n`)
  // Node reads the ending .js as ESM or CommonJS by the nearest package.json.
  writeFileSync(join(cjs, 'package.json'), '{"type":"commonjs"}\n')
  rmSync(dist, { recursive: true, force: true })
  renameSync(fresh, dist)
} catch (error) {
  // The compiler has said itself what is wrong with the sources.
  if (error.status === undefined) console.error(error)
  process.exitCode = 1
}
