// Builds the package into dist/: each node and credential as one file, with what it shares in it, its icons and its codex
// beside it. The parts by themselves, for their tests, go into build/.
import { build } from 'esbuild'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const files = (folder) => readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, file))
const common = { absWorkingDir: root, outbase: '.', format: 'cjs', platform: 'node', target: 'node20' }

for (const folder of ['dist', 'build']) rmSync(join(root, folder), { recursive: true, force: true })

const published = [...files('nodes'), ...files('credentials')]
const entryPoints = published.filter((file) => /\.(node|credentials)\.ts$/.test(file))
// n8n finds the class of a file by the file's name: it must stay as it is written.
await build({ ...common, entryPoints, outdir: 'dist', bundle: true, keepNames: true, external: ['n8n-workflow'] })
for (const file of published.filter((file) => /\.(svg|json)$/.test(file))) cpSync(join(root, file), join(root, 'dist', file))

await build({ ...common, entryPoints: files('lib').filter((file) => file.endsWith('.ts')), outdir: 'build' })
