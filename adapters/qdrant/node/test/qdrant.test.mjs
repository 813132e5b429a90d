// The client over a real HTTP server: spans, headers, errors, and the same answers as without the adapter.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import * as qdrant from '@qdrant/js-client-rest'
import * as vigie from 'vigie'
import { capture } from 'vigie/testing'
import { faults, instrument, uninstrument } from 'vigie-qdrant'
import { failed, ok, serve, usual } from './server.mjs'

const require = createRequire(import.meta.url)
const QUERY = [0.123456, 0.2, 0.3]
const clientOf = (server, options = {}) => new qdrant.QdrantClient({ url: server.url, checkCompatibility: false, ...options })
const parentOf = (request) => request.headers.traceparent.split('-')[2]
const traceOf = (request) => request.headers.traceparent.split('-')[1]

vigie.init({ service: 'tests', outputs: [{ to: 'null' }] })
after(() => vigie.shutdown())

/** Installed and captured until the test has ended, without a fault of the adapter. */
async function recorded(t) {
  await instrument()
  const records = capture()
  const before = JSON.stringify(faults())
  t.after(() => {
    records.stop()
    uninstrument()
    assert.equal(JSON.stringify(faults()), before)
  })
  return records
}

test('a call says both times, bytes, status, and what was searched for', async (t) => {
  const server = await serve(t)
  const records = await recorded(t)
  const answer = await clientOf(server).query('docs', {
    query: QUERY,
    limit: 3,
    using: 'text',
    score_threshold: 0.25,
    params: { hnsw_ef: 64, exact: true },
    filter: { must: [{ key: 'city', match: { value: 's3cr3t-filter' } }] },
  })
  assert.equal(answer.points.length, 3)
  const [span] = records.spans
  const [request] = server.requests
  assert.equal(span.name, 'query_points docs')
  assert.equal(span.span_kind, 'client')
  assert.equal(parentOf(request), span.span_id)
  const { 'vigie.qdrant.response.bytes': bytes, ...rest } = span.attributes
  assert.ok(bytes > 100)
  assert.deepEqual(rest, {
    'db.system.name': 'qdrant',
    'db.operation.name': 'query_points',
    'db.collection.name': 'docs',
    'db.response.returned_rows': 3,
    'db.response.status_code': '200',
    'db.vector.dimension': 3,
    'db.vector.exact': true,
    'db.vector.filter.present': true,
    'db.vector.filter.shape': rest['db.vector.filter.shape'],
    'db.vector.hnsw_ef': 64,
    'db.vector.score.max': 0.9,
    'db.vector.score.min': 0.7,
    'db.vector.score_threshold': 0.25,
    'db.vector.top_k': 3,
    'db.vector.using': 'text',
    'server.address': '127.0.0.1',
    'server.port': server.port,
    'vigie.qdrant.request.bytes': request.body.length,
    'vigie.qdrant.server.duration': 0.0025,
    'vigie.qdrant.transport': 'rest',
  })
  assert.match(rest['db.vector.filter.shape'], /^[0-9a-f]{16}$/)
  assert.match(vigie.metricsText(), /db_client_operation_duration_count\{db_collection_name="docs",db_operation_name="query_points"/)
  assert.match(vigie.metricsText(), /vigie_qdrant_server_duration_count\{db_collection_name="docs",db_operation_name="query_points"/)
  for (const secret of ['s3cr3t', '0.123456']) assert.ok(!records.lines.join().includes(secret), secret)
})

test('batches, pages, plain lists and admin calls', async (t) => {
  const server = await serve(t)
  const records = await recorded(t)
  const client = clientOf(server)
  await client.queryBatch('docs', { searches: [{ query: QUERY }, { query: QUERY }] })
  await client.scroll('docs', { limit: 10 })
  await client.search('docs', { vector: QUERY })
  await client.upsert('docs', { wait: false, points: [1, 2, 3].map((id) => ({ id, vector: QUERY })) })
  await client.upsert('docs', { batch: { ids: [1, 2], vectors: [QUERY, QUERY] } })
  await client.getCollections()
  await client.deleteFullSnapshot('name-of-a-snapshot')
  const said = records.spans.map((span) => [span.name, span.attributes['db.operation.batch.size'], span.attributes['db.response.returned_rows']])
  assert.deepEqual(said, [
    ['query_batch_points docs', 2, 6],
    ['scroll docs', undefined, 3],
    ['search docs', undefined, 3],
    ['upsert docs', 3, undefined],
    ['upsert docs', 2, undefined],
    ['get_collections', undefined, 1],
    ['delete_full_snapshot', undefined, undefined],
  ])
  assert.equal(records.spans[3].attributes['vigie.qdrant.wait'], false)
})

test('fifty calls at once keep their own headers, also after an await inside of a method', async (t) => {
  const server = await serve(t)
  const records = await recorded(t)
  const client = clientOf(server)
  const traces = {}
  const one = (number) =>
    vigie.span('request', { number }, async () => {
      traces[`c${number}`] = vigie.currentContext().traceId
      await null
      if (number % 2) await client.count(`c${number}`)
      // Two requests, the second after an await.
      else await client.recreateCollection(`c${number}`, { vectors: { size: 3, distance: 'Cosine' } })
    })
  await Promise.all(Array.from({ length: 50 }, (_, number) => one(number)))
  assert.equal(server.requests.length, 75)
  for (const request of server.requests) assert.equal(traceOf(request), traces[request.path.split('/')[2]])
  const calls = records.spans.filter((span) => span.name !== 'request')
  assert.deepEqual([...new Set(server.requests.map(parentOf))].sort(), calls.map((span) => span.span_id).sort())
  const twice = calls.find((span) => span.name === 'recreate_collection c0').attributes
  assert.equal(twice['vigie.qdrant.requests'], 2)
  assert.equal(twice['vigie.qdrant.server.duration'], 0.005)
})

test('headers that the program has set itself stay', async (t) => {
  const server = await serve(t)
  await recorded(t)
  const own = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await qdrant.withHeaders({ traceparent: own, 'x-request-id': '7' }, () => clientOf(server, { headers: { 'x-own': '1' } }).count('docs'))
  const { traceparent, 'x-request-id': id, 'x-own': mine } = server.requests[0].headers
  assert.deepEqual({ traceparent, id, mine }, { traceparent: own, id: '7', mine: '1' })
})

test('a span ends when the answer is there', async (t) => {
  const server = await serve(t)
  const records = await recorded(t)
  let release
  server.answer = (request) => new Promise((resolve) => (release = () => resolve(usual(request))))
  const answer = clientOf(server).count('docs')
  while (!release) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal(records.spans.length, 0)
  release()
  assert.deepEqual(await answer, { count: 3 })
  assert.equal(records.spans.length, 1)
})

test('a status is the error, and its text is not recorded', async (t) => {
  const server = await serve(t)
  const records = await recorded(t)
  server.answer = () => failed(404, 'no s3cr3t here')
  const client = clientOf(server)
  const error = await client.count('docs').catch((caught) => caught)
  uninstrument()
  const same = await client.count('docs').catch((caught) => caught)
  assert.deepEqual([error.constructor.name, error.message, error.data], [same.constructor.name, same.message, same.data])
  const [span] = records.spans
  assert.equal(span.status, 'error')
  assert.equal(span.attributes['error.type'], '404')
  assert.equal(span.attributes['db.response.status_code'], '404')
  assert.ok(!records.lines.join().includes('s3cr3t'))
  assert.match(vigie.metricsText(), /vigie_qdrant_client_errors_total\{[^}]*error_type="404"/)
})

test('a server that is exhausted says when to come back', async (t) => {
  const server = await serve(t)
  const records = await recorded(t)
  server.answer = () => failed(429, 'slow down', { 'retry-after': '37' })
  await assert.rejects(clientOf(server).count('docs'), qdrant.QdrantClientResourceExhaustedError)
  const [{ attributes }] = records.spans
  assert.equal(attributes['error.type'], '429')
  assert.equal(attributes['vigie.qdrant.retry_after'], 37)
})

test('a refused connection and the phases of a timeout', async (t) => {
  const server = await serve(t)
  const records = await recorded(t)
  server.answer = () => new Promise(() => {})
  await assert.rejects(clientOf(server, { timeout: 300 }).count('reading'), qdrant.QdrantClientTimeoutError)
  const one = clientOf(server, { timeout: 300, maxConnections: 1 })
  const both = [assert.rejects(one.count('holding')), assert.rejects(one.count('waiting'), qdrant.QdrantClientTimeoutError)]
  await sleep(100)
  // Time is up for both at once: what waits gets no connection when the other one's is closed.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)
  await Promise.all(both)
  const gone = createServer().listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address()
  await new Promise((resolve) => gone.close(resolve))
  await assert.rejects(new qdrant.QdrantClient({ host: '127.0.0.1', port, checkCompatibility: false }).count('refused'))
  const said = Object.fromEntries(records.spans.map(({ name, attributes }) => [name.split(' ')[1], attributes]))
  assert.equal(said.reading['vigie.qdrant.timeout.phase'], 'read')
  assert.equal(said.reading['error.type'], 'QdrantClientTimeoutError')
  assert.equal(said.waiting['vigie.qdrant.timeout.phase'], 'connect')
  assert.equal(said.refused['error.type'], 'ECONNREFUSED')
  assert.equal(said.refused['vigie.qdrant.timeout.phase'], undefined)
})

test('the copy of CommonJS is recorded too', async (t) => {
  const server = await serve(t)
  const records = await recorded(t)
  const { QdrantClient } = require('@qdrant/js-client-rest')
  assert.notEqual(QdrantClient, qdrant.QdrantClient)
  await new QdrantClient({ url: server.url, checkCompatibility: false }).count('docs')
  assert.equal(records.spans.length, 1)
  assert.equal(parentOf(server.requests[0]), records.spans[0].span_id)
})

test('one copy alone, before the call returns; twice is once; out is out', async (t) => {
  const server = await serve(t)
  const originals = { count: qdrant.QdrantClient.prototype.count, query: qdrant.QdrantClient.prototype.query }
  void instrument(qdrant)
  void instrument(qdrant)
  const records = capture()
  t.after(() => records.stop())
  const client = clientOf(server)
  await client.count('docs')
  await new (require('@qdrant/js-client-rest').QdrantClient)({ url: server.url, checkCompatibility: false }).count('docs')
  assert.equal(records.spans.length, 1)
  assert.equal(qdrant.QdrantClient.prototype.query.name, 'query')
  assert.equal(qdrant.QdrantClient.prototype.query.length, originals.query.length)
  uninstrument()
  uninstrument()
  await client.count('docs')
  assert.equal(records.spans.length, 1)
  assert.equal(server.requests[2].headers.traceparent, undefined)
  assert.deepEqual({ count: qdrant.QdrantClient.prototype.count, query: qdrant.QdrantClient.prototype.query }, originals)
})

test('requests outside of calls are left alone', async (t) => {
  const server = await serve(t)
  const records = await recorded(t)
  const client = clientOf(server)
  await client.count('docs')
  await client.api().countPoints({ collection_name: 'docs' })
  assert.equal(records.spans.length, 1)
  assert.equal(server.requests[1].headers.traceparent, undefined)
})

test('a rejection that nobody handles stays unhandled', async (t) => {
  const server = await serve(t)
  server.answer = () => failed(500, 'x')
  const program = `
    import { QdrantClient } from '@qdrant/js-client-rest'
    import { instrument } from 'vigie-qdrant'
    await instrument()
    process.once('unhandledRejection', (error) => console.log('unhandled', error.status))
    void new QdrantClient({ url: '${server.url}', checkCompatibility: false }).count('docs')`
  const options = { cwd: new URL('..', import.meta.url), encoding: 'utf8' }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], options)
  assert.equal(stdout, 'unhandled 500\n')
  // The program's listener has it, and Vigie's record of it is on the console.
  assert.equal(JSON.parse(stderr).message, 'unhandled rejection')
})

test('a fault of the adapter never reaches the call', async (t) => {
  const server = await serve(t)
  await instrument()
  t.after(uninstrument)
  const hostile = {
    get filter() {
      throw new Error('hostile')
    },
  }
  const before = faults().begin ?? 0
  // What the client itself makes of such an argument is its own matter: the adapter's failure comes first and is counted.
  await assert.rejects(clientOf(server).count('docs', hostile), /hostile/)
  assert.equal(faults().begin, before + 1)
  server.answer = () => ok({ points: 7 })
  assert.deepEqual(await clientOf(server).query('docs', { query: QUERY }), { points: 7 })
  assert.match(vigie.metricsText(), /vigie_qdrant_adapter_faults_total\{where="begin"\}/)
})

test('the example shows the spans', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['example.mjs'], { cwd: new URL('..', import.meta.url), encoding: 'utf8' })
  const names = stdout.trim().split('\n').map((line) => JSON.parse(line).name)
  assert.deepEqual({ names, stderr }, { names: ['query_points docs', 'answer'], stderr: '' })
})

test('collections are a bounded label', async (t) => {
  const server = await serve(t)
  await recorded(t)
  const client = clientOf(server)
  for (let number = 0; number < 300; number += 1) await client.collectionExists(`tenant-${number}`)
  const series = vigie.metricsText().match(/^db_client_operation_duration_count\{.*tenant.*$/gm)
  assert.ok(series.length < 201, `${series.length}`)
  assert.match(vigie.metricsText(), /db_collection_name="\[other\]"/)
})
