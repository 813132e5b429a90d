// Finds and loads the native core of Vigie for this platform, once for ESM and CommonJS alike.
// Not for anything else: what the core offers is declared in native.d.cts.
'use strict'

const { existsSync } = require('node:fs')
const { join } = require('node:path')

/** `linux-x64-gnu`, `darwin-arm64`, `win32-x64-msvc`: the names that Node's ecosystem uses. */
function platformName() {
  const { platform, arch } = process
  if (platform === 'linux') return `linux-${arch}-${usesMusl() ? 'musl' : 'gnu'}`
  return platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`
}

/** glibc leaves its mark in the process report; the report itself takes milliseconds, so the file is asked first. */
function usesMusl() {
  if (existsSync('/lib/ld-linux-x86-64.so.2') || existsSync('/lib64/ld-linux-x86-64.so.2')) return false
  if (existsSync('/lib/ld-linux-aarch64.so.1')) return false
  return !process.report.getReport().header.glibcVersionRuntime
}

function load() {
  const chosen = process.env.VIGIE_NATIVE_LIB
  if (chosen) return attempt([chosen], 'VIGIE_NATIVE_LIB names it')
  const name = platformName()
  const beside = join(__dirname, `vigie.${name}.node`)
  return attempt(existsSync(beside) ? [beside] : [`@vigie/native-${name}`], `this is ${name}, Node ${process.version}`)
}

/** Loads by path; a shared library without the `.node` ending is opened the same way. */
function open(target) {
  if (!target.includes('/') && !target.includes('\\')) return require(target)
  if (target.endsWith('.node')) return require(target)
  const holder = { exports: {} }
  process.dlopen(holder, target)
  return holder.exports
}

function attempt(targets, why) {
  const failures = []
  for (const target of targets) {
    try {
      return open(target)
    } catch (error) {
      failures.push(`  ${target}: ${error && error.message ? String(error.message).split('\n')[0] : 'not loadable'}`)
    }
  }
  const failure = new Error(
    `vigie: the native core could not be loaded (${why}).\n${failures.join('\n')}\n` +
      'Cure, in a checkout: cargo build --release -p vigie-node, then copy target/release/libvigie_node.so to\n' +
      `  ${join(__dirname, `vigie.${platformName()}.node`)}\n` +
      'Cure, installed from npm: npm older than 11.3 forgets optional platform packages when the lock file was made\n' +
      `on another platform; remove node_modules and package-lock.json, install again, or add @vigie/native-${platformName()}.\n` +
      'A library at another place: set VIGIE_NATIVE_LIB to its path.',
  )
  failure.code = 'VIGIE_NATIVE_MISSING'
  throw failure
}

exports.binding = load()
