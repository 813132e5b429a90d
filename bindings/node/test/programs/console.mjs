// Writes to its console while that is captured, and leaves at once.
import * as vigie from 'vigie'

const [path, keep] = process.argv.slice(2)
vigie.init({ service: 'shop', outputs: [path === '-' ? { to: 'console', format: 'json' } : { to: 'file', path }] })
vigie.captureConsole({ keepOutput: keep === 'keep' })
console.log('to the terminal %d', 1)
process.exit(0)
