// Runs n8n's own rules for community nodes. They are installed below target/ on first use: they need other versions than the
// package does.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const home = join(root, '../../../target/n8n-lint')
const same = (name) => existsSync(join(home, name)) && readFileSync(join(home, name)).equals(readFileSync(join(root, 'lint', name)))

if (!same('package-lock.json') || !existsSync(join(home, 'node_modules'))) {
  mkdirSync(home, { recursive: true })
  cpSync(join(root, 'lint'), home, { recursive: true })
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: home, stdio: 'inherit' })
}
cpSync(join(root, 'lint/eslint.config.mjs'), join(home, 'eslint.config.mjs'))

const eslint = join(home, 'node_modules/eslint/bin/eslint.js')
// The base of a configuration's patterns is the folder that eslint runs in, given so.
const args = ['--config', join(home, 'eslint.config.mjs'), '--max-warnings', '0', '.', 'package.json', ...process.argv.slice(2)]
process.exitCode = spawnSync(process.execPath, [eslint, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1
