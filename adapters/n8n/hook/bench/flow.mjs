// What watching costs on the real n8n: node bench/flow.mjs [ROUNDS] prints the latency and the CPU of a flow of four nodes in
// interleaved rounds on three n8n: bare, with the hook, with n8n's own OpenTelemetry. A measurement, not a test.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { N8n, copied, prepared, removed } from '../test/real/n8n.mjs'
import { set, webhook, workflow } from '../test/real/workflows.mjs'

const ROUNDS = Number(process.argv[2] ?? 6)
const CALLS = 60
const TICKS_A_SECOND = 100

const sink = createServer((request, response) => request.resume().on('end', () => response.writeHead(200).end()))
await new Promise((resolve) => sink.listen(0, '127.0.0.1', resolve))
const otel = {
  N8N_OTEL_ENABLED: 'true',
  N8N_OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.address().port}`,
  N8N_OTEL_TRACES_PRODUCTION_ONLY: 'false',
}
const flow = workflow('four', [webhook('four'), set('A'), set('B'), set('C')], ['Webhook > A', 'A > B', 'B > C'])
const folder = await prepared([flow])
const kinds = { bare: { hook: false }, hook: { env: { VIGIE_LEVEL: 'info' } }, otel: { hook: false, env: otel } }
const running = []
for (const [name, options] of Object.entries(kinds)) running.push({ name, n8n: await N8n.started(copied(folder), options), times: [], cpu: 0 })

/** CPU seconds of a process so far, all threads. */
function cpu({ child }) {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}

async function round({ n8n, times }, count) {
  const before = cpu(n8n)
  for (let call = 0; call < count; call++) {
    const start = performance.now()
    await n8n.webhook('four')
    times.push(performance.now() - start)
  }
  return (cpu(n8n) - before) / count
}

for (const one of running) await round(one, CALLS)
for (const one of running) one.times.length = 0
const costs = Object.fromEntries(running.map(({ name }) => [name, []]))
for (let number = 0; number < ROUNDS; number++) for (const one of running) costs[one.name].push(await round(one, CALLS))

const least = (list) => Math.min(...list)
for (const { name, times } of running) {
  const sorted = times.sort((a, b) => a - b)
  console.log(`${name}: p50 ${sorted[sorted.length >> 1].toFixed(1)} ms, CPU ${(least(costs[name]) * 1e3).toFixed(2)} ms an execution`)
}
for (const { n8n } of running) {
  await n8n.stop()
  removed(n8n.folder)
}
removed(folder)
sink.close()
