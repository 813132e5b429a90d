// Channels beside the instrumentation of http: prints what was recorded of two requests by node:http and one by fetch.
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { subscribe } from '../../../dist/esm/channels.js'
import { register } from '../../../dist/esm/otel.js'
import { capture } from '../../../dist/esm/testing.js'

register({ service: 'both', outputs: [{ to: 'null' }], instrumentations: [new HttpInstrumentation()] })
subscribe()
const http = createRequire(import.meta.url)('node:http')
const records = capture()
const server = http.createServer((request, response) => response.end()).listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${server.address().port}`
for (let n = 0; n < 2; n++) {
  const [response] = await once(http.get(url, { agent: false }), 'response')
  await once(response.resume(), 'end')
}
await (await fetch(url)).text()
await new Promise((resolve) => setTimeout(resolve, 50))
console.log(JSON.stringify({ spans: records.spans, logs: records.logs }))
process.exit(0)
