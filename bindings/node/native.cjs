// Finds and loads the native core of Vigie for this platform, once for ESM and CommonJS alike, also from inside of a bundle.
// Not for anything else: what the core offers is declared in native.d.cts.
'use strict'

// A bundler reads every call of require and would have to do something about a library, which it cannot. So the library is
// looked for at run time, by a require of its own; built-in modules come without one where Node can give them.
const builtin = (name, from) => process.getBuiltinModule?.(name) ?? from()
const { existsSync } = builtin('node:fs', () => require('node:fs'))
const { createRequire } = builtin('node:module', () => require('node:module'))
const { dirname, join } = builtin('node:path', () => require('node:path'))
const { platformName } = require('./platform.cjs')

/**
 * The folder of this file. A bundle of ES modules does not have it, and Turbopack puts one in its place that does not exist; a
 * bundle mostly is the program itself, or is run by one that is installed beside this package.
 */
function home() {
  if (typeof __dirname === 'string' && __dirname !== '/' && existsSync(__dirname)) return __dirname
  return process.argv[1] ? dirname(process.argv[1]) : process.cwd()
}

function load() {
  const chosen = process.env.VIGIE_NATIVE_LIB
  if (chosen) return attempt([() => chosen], 'VIGIE_NATIVE_LIB names it')
  const name = platformName()
  const why = `this is ${name}, Node ${process.version}`
  const file = `vigie.${name}.node`
  const beside = join(home(), file)
  if (existsSync(beside)) return attempt([() => beside], why)
  // In a bundle the package may still be installed where the program runs.
  const from = createRequire(join(home(), file))
  const installed = () => {
    const found = join(dirname(from.resolve('vigie/package.json')), file)
    if (!existsSync(found)) throw new Error('the package is there without it')
    return found
  }
  return attempt([() => from.resolve(`@vigie/native-${name}`), installed], why)
}

/** Loads by path, once for all who ask; a shared library without the `.node` ending is opened the same way. */
function open(target) {
  if (target.endsWith('.node')) return createRequire(target)(target)
  const holder = { exports: {} }
  process.dlopen(holder, target)
  return holder.exports
}

function attempt(targets, why) {
  const failures = []
  for (const target of targets) {
    let path = ''
    try {
      path = target()
      return open(path)
    } catch (error) {
      failures.push(`  ${path === '' ? '' : `${path}: `}${error && error.message ? String(error.message).split('\n')[0] : 'not loadable'}`)
    }
  }
  const file = `vigie.${platformName()}.node`
  const failure = new Error(
    `vigie: the native core could not be loaded (${why}).\n${failures.join('\n')}\n` +
      "Cure, in a bundle: leave the package out of it, external: ['vigie'] in esbuild, externals: ['vigie'] in webpack,\n" +
      `serverExternalPackages: ['vigie'] in Next; or copy ${file} beside the bundle:\n  ${join(home(), file)}\n` +
      'Cure, in a checkout: cargo build --release -p vigie-node, then copy target/release/libvigie_node.so to that place.\n' +
      `Cure, installed from npm: npm install @vigie/native-${platformName()}, which brings it. npm older than 11.3 forgets such\n` +
      'packages when the lock file was made on another platform, and --omit=optional leaves them out.\n' +
      'A library at another place: set VIGIE_NATIVE_LIB to its path.' +
      (process.permission ? '\nCure, under --permission: --allow-addons, and --allow-fs-read for the folder of the package.' : ''),
  )
  failure.code = 'VIGIE_NATIVE_MISSING'
  throw failure
}

exports.binding = load()
