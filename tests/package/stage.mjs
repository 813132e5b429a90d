// Puts a package for npm together as it is published: `stage.mjs PACKAGE FOLDER [MORE]`. The files that its manifest names, the
// licence, and the manifest without what only a checkout needs and with the members of MORE, a JSON text.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [source, folder, more = '{}'] = process.argv.slice(2)
// What a project overrides counts where it is the root, and nowhere else.
const CHECKOUT_ONLY = ['private', 'scripts', 'devDependencies', 'overrides']

const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
for (const name of CHECKOUT_ONLY) delete manifest[name]
mkdirSync(folder, { recursive: true })
for (const name of manifest.files) cpSync(join(source, name), join(folder, name), { recursive: true, dereference: true })
cpSync(fileURLToPath(new URL('../../LICENSE', import.meta.url)), join(folder, 'LICENSE'))
const published = { ...manifest, ...JSON.parse(more) }
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
