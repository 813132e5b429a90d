// What this platform is called: the name of the native library and of the package that brings it.
// Not for finding either: see native.cjs and bin/vigie.cjs.
'use strict'

// A bundle of ES modules has no require, and built-in modules come without one where Node can give them.
const { closeSync, openSync, readSync } = process.getBuiltinModule?.('node:fs') ?? require('node:fs')

/** `linux-x64-gnu`, `darwin-arm64`, `win32-x64-msvc`: the names that Node's ecosystem uses. */
exports.platformName = () => {
  const { platform, arch } = process
  if (platform === 'linux') return `linux-${arch}-${usesMusl() ? 'musl' : 'gnu'}`
  return platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`
}

/**
 * Node itself says which loader it was linked for; both may be on one system. The report of the process says it too, where the
 * file cannot be read, and takes milliseconds.
 */
function usesMusl() {
  try {
    return interpreter(process.execPath).includes('ld-musl')
  } catch {
    return !process.report.getReport().header.glibcVersionRuntime
  }
}

/** The program interpreter of an ELF file of 64 bits, whose header tells where those of its segments are. */
function interpreter(path) {
  const file = openSync(path, 'r')
  const read = (position, length) => {
    const bytes = Buffer.alloc(length)
    readSync(file, bytes, 0, length, position)
    return bytes
  }
  try {
    const header = read(0, 64)
    const [first, size, count] = [Number(header.readBigUInt64LE(32)), header.readUInt16LE(54), header.readUInt16LE(56)]
    const segments = read(first, size * count)
    for (let at = 0; at < segments.length; at += size) {
      const isInterpreter = segments.readUInt32LE(at) === 3
      if (isInterpreter) return read(Number(segments.readBigUInt64LE(at + 8)), Number(segments.readBigUInt64LE(at + 32))).toString('latin1')
    }
    throw new Error('it has none')
  } finally {
    closeSync(file)
  }
}
