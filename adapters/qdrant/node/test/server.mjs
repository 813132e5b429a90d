// A real HTTP server on loopback that answers as Qdrant's REST interface does, and keeps what it was asked.
import { createServer } from 'node:http'
import { once } from 'node:events'

const POINTS = [0, 1, 2].map((id) => ({ id, version: 0, score: 0.9 - id / 10, payload: { city: 's3cr3t-answer' } }))

export const ok = (result, time = 0.0025) => ({ status: 200, body: JSON.stringify({ result, status: 'ok', time }), headers: {} })
export const failed = (status, error, headers = {}) => ({ status, body: JSON.stringify({ status: { error }, time: 0 }), headers })

export function usual({ method, path }) {
  if (path.endsWith('/points/query')) return ok({ points: POINTS })
  if (path.endsWith('/points/query/batch')) return ok([{ points: POINTS }, { points: POINTS }])
  if (path.endsWith('/points/scroll')) return ok({ points: POINTS, next_page_offset: null })
  if (path.endsWith('/points/search')) return ok(POINTS)
  if (path.endsWith('/points/count')) return ok({ count: 3 })
  if (path === '/collections' && method === 'GET') return ok({ collections: [{ name: 'docs' }] })
  return ok(true)
}

/** Listens until the test has ended; `answer` may be changed, and be a promise. */
export async function serve(t) {
  const running = { requests: [], answer: usual }
  const server = createServer(async (incoming, outgoing) => {
    const parts = []
    for await (const part of incoming) parts.push(part)
    const request = { method: incoming.method, path: incoming.url.split('?')[0], headers: incoming.headers, body: Buffer.concat(parts) }
    running.requests.push(request)
    const { status, body, headers } = await running.answer(request)
    outgoing.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers })
    outgoing.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  running.port = server.address().port
  running.url = `http://127.0.0.1:${running.port}`
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return running
}
