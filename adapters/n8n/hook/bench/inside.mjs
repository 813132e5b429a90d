// What each of the hook's places costs inside of the real n8n: node bench/inside.mjs [EXECUTIONS] prints processor time of n8n's
// thread, over executions of four nodes. A measurement, not a test.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { N8n, prepared, removed } from '../test/real/n8n.mjs'
import { set, webhook, workflow } from '../test/real/workflows.mjs'

const EXECUTIONS = Number(process.argv[2] ?? 800)
const NODE_EVENTS = 8

const folder = await prepared([workflow('four', [webhook('four'), set('A'), set('B'), set('C')], ['Webhook > A', 'A > B', 'B > C'])])
const file = join(folder, 'clock.json')
const n8n = await N8n.started(folder, { hooks: [fileURLToPath(new URL('clock.cjs', import.meta.url))], env: { VIGIE_LEVEL: 'info', CLOCK: file } })
for (let number = 0; number < EXECUTIONS; number++) await n8n.webhook('four')
await n8n.stop()
const spent = Object.entries(JSON.parse(readFileSync(file, 'utf8')))
for (const [place, { calls, us }] of spent) console.log(`${place}: ${(us / calls).toFixed(1)} us a call, ${calls} calls`)
const sum = spent.reduce((all, [, { us }]) => all + us, 0) / EXECUTIONS
console.log(`${sum.toFixed(0)} us an execution; ${(sum / NODE_EVENTS).toFixed(1)} us a node event, with the execution's own share`)
removed(folder)
