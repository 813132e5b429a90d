// Compiles lib/ twice, to ESM and to CommonJS, with the one compiler that package-lock.json pins.
// Not for the native part: cargo builds that.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const compile = (...options) => execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.json'), ...options], { stdio: 'inherit' })

try {
  compile()
  // Node reads the ending .js as ESM or CommonJS by the nearest package.json.
  mkdirSync(join(root, 'dist', 'cjs'), { recursive: true })
  const scope = { type: 'commonjs', imports: { '#native': './native.cjs' } }
  writeFileSync(join(root, 'dist', 'cjs', 'package.json'), `${JSON.stringify(scope)}\n`)
  writeFileSync(join(root, 'dist', 'cjs', 'native.cjs'), "module.exports = require('../../native.cjs')\n")
  compile('--outDir', 'dist/cjs', '--module', 'commonjs', '--moduleResolution', 'bundler')
} catch {
  // The compiler has said what is wrong.
  process.exitCode = 1
}
