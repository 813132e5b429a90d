// The service: takes a question over HTTP on loopback and asks the Python worker.
//
//     node service.mjs FOLDER WORKER_URL        (FOLDER: where the lines go)
//
// It starts the trace, unless its caller brings one; everything behind it continues it.

import { createServer } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import * as vigie from 'vigie'

const WORKER_DEADLINE_MS = 20_000
const BODY_LIMIT_BYTES = 64 * 1024
const [folder, worker] = process.argv.slice(2)

const outputs = [{ to: 'file', path: join(folder, 'rag-web.jsonl') }]
if (process.env.RAG_OTLP) outputs.push({ to: 'otlp', url: process.env.RAG_OTLP })
vigie.init({ service: 'rag-web', outputs })
const log = vigie.getLogger('rag.web')
const duration = vigie.histogram('http.server.request.duration', { unit: 's' })
const questions = vigie.counter('rag_questions_received_total')
log.info('service started', { 'telemetry.sdk.language': 'nodejs' })

/** The request's body as text; an error when it is too large. */
async function read(request) {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > BODY_LIMIT_BYTES) throw new Error(`a body of more than ${BODY_LIMIT_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Asks the worker; the current span travels in the headers. */
function askWorker(question) {
  const attributes = { 'http.request.method': 'POST', 'url.full': `${worker}/answer` }
  const ask = async (span) => {
    const response = await fetch(`${worker}/answer`, {
      method: 'POST',
      headers: vigie.inject({ 'content-type': 'application/json' }),
      body: JSON.stringify({ question }),
      signal: AbortSignal.timeout(WORKER_DEADLINE_MS),
    })
    span.setAttribute('http.response.status_code', response.status)
    const reply = await response.json()
    if (!response.ok) throw new Error(`the worker replied ${response.status}: ${reply.error}`)
    return reply
  }
  return vigie.span('POST /answer', attributes, ask, { kind: 'client' })
}

/** Answers one question; the span around it is the root of the trace. */
async function answer(request, span) {
  try {
    const { question } = JSON.parse(await read(request))
    questions.add(1)
    log.info('question of {characters} characters received', { characters: question.length, event: 'question.received' })
    const reply = await askWorker(question)
    log.info('question answered', { sources: reply.sources, outcome: 'success' })
    span.setAttribute('http.response.status_code', 200)
    return { status: 200, reply }
  } catch (error) {
    log.error('question not answered', error, { outcome: 'failure' })
    span.setAttribute('http.response.status_code', 502).recordException(error).setStatus('error', error.message)
    return { status: 502, reply: { error: error.message } }
  }
}

async function handle(request, response) {
  const begin = performance.now()
  const attributes = { 'http.request.method': request.method, 'url.path': request.url }
  const { status, reply } = await vigie.extract(request.headers, () =>
    vigie.span('POST /ask', attributes, (span) => answer(request, span), { kind: 'server' }),
  )
  const seconds = (performance.now() - begin) / 1000
  duration.record(seconds, { 'http.request.method': request.method, 'http.response.status_code': status })
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply))
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    log.error('request failed', error)
    response.destroy()
  })
})
server.requestTimeout = 10_000

// Port 0: the system chooses one that is free.
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })))

// The parent closes standard input to stop the service; that also happens when the parent dies.
process.stdin.resume().on('end', () => {
  server.close(async () => {
    log.info('service stopped')
    if (!(await vigie.shutdown(5000))) process.exitCode = 1
  })
  server.closeIdleConnections()
})
