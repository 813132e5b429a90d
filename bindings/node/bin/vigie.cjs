#!/usr/bin/env node
// `npx vigie`: runs the command that the package of this platform brings, and ends as it does.
// Not for what the command does: see bindings/cli.
'use strict'

const { spawn } = require('node:child_process')
const { platformName } = require('../platform.cjs')

const carrier = `@vigie/native-${platformName()}`

function find() {
  try {
    return require.resolve(`${carrier}/vigie${process.platform === 'win32' ? '.exe' : ''}`)
  } catch {
    console.error(
      `vigie: the command is in ${carrier}, which is not installed.\n` +
        `Cure: npm install ${carrier}\n` +
        'In a checkout: cargo build --release -p vigie-cli, then target/release/vigie',
    )
    process.exit(2)
  }
}

const command = spawn(find(), process.argv.slice(2), { stdio: 'inherit' })
// The terminal sends Ctrl+C to the command as well; what is sent to this process alone is passed on.
process.on('SIGINT', () => {})
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => command.kill(signal))
command.on('error', (error) => {
  console.error(`vigie: ${error.message}`)
  process.exitCode = 2
})
command.on('exit', (code, signal) => {
  if (signal === null) {
    process.exitCode = code
    return
  }
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})
