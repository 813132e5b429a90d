// The copies of the MCP SDK that a program may load: those that are installed where it would look, each of them as an ES module
// and for CommonJS. Not for what is done with them.

import { existsSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { members } from './carrier.js'

/** The files of each package that hold or share the class, and the name of a class that is or extends it. */
const PACKAGES = [
  { name: '@modelcontextprotocol/sdk', type: 'Protocol', files: ['dist/esm/shared/protocol.js', 'dist/cjs/shared/protocol.js'] },
  { name: '@modelcontextprotocol/server', type: 'Server', files: ['dist/index.mjs', 'dist/index.cjs'] },
  { name: '@modelcontextprotocol/client', type: 'Client', files: ['dist/index.mjs', 'dist/index.cjs'] },
] as const

/** The classes of every copy that is found from these places: folders or files, as paths or `file:` URLs. */
export async function find(from: readonly (string | URL)[]): Promise<unknown[]> {
  const classes: unknown[] = []
  for (const { folder, files, type } of copies(from)) {
    for (const file of files) {
      const path = join(folder, file)
      if (!existsSync(path)) continue
      const module = members(await import(pathToFileURL(path).href))
      classes.push(module[type] ?? members(module['default'])[type])
    }
  }
  return classes
}

function copies(from: readonly (string | URL)[]) {
  const found = new Map<string, (typeof PACKAGES)[number]>()
  for (const place of from) {
    for (const one of PACKAGES) {
      const folder = folderOf(one.name, place)
      if (folder !== undefined) found.set(folder, one)
    }
  }
  return [...found].map(([folder, one]) => ({ folder, ...one }))
}

/** The first folder that Node would find the package in. Its own answer names a file, and not every package offers one. */
function folderOf(name: string, place: string | URL): string | undefined {
  const path = String(place).startsWith('file:') ? fileURLToPath(place) : String(place)
  const folder = existsSync(path) && statSync(path).isDirectory() ? path : dirname(path)
  const searched = createRequire(join(folder, 'any.js')).resolve.paths(name) ?? []
  const first = searched.map((one) => join(one, name)).find((one) => existsSync(join(one, 'package.json')))
  return first === undefined ? undefined : realpathSync(first)
}
