// Run: node example.mjs [URL of a Qdrant server with a collection "docs"]. Without one, a server in this file answers.
import { createServer } from 'node:http'
import { QdrantClient } from '@qdrant/js-client-rest'
import * as vigie from 'vigie'
import { instrument } from 'vigie-qdrant'

vigie.init({ service: 'example', outputs: [{ to: 'console', stream: 'stdout', signals: ['spans'] }] })
await instrument()

const answer = JSON.stringify({ result: { points: [{ id: 1, version: 0, score: 0.9 }] }, status: 'ok', time: 0.001 })
const server = createServer((request, response) => request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(answer)))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

const client = new QdrantClient({ url: process.argv[2] ?? `http://127.0.0.1:${server.address().port}`, checkCompatibility: false })
await vigie.span('answer', () => client.query('docs', { query: [1, 0.5], limit: 3 }))
server.close()
server.closeAllConnections()
await vigie.shutdown()
