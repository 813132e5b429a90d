// What workflows call: a server that answers, fails as often as it is told, and a model behind OpenAI's interface.

import { createServer } from 'node:http'

/** `seen`: every request with its headers; `forget` has it begin anew. */
export async function farSide() {
  const seen = []
  const failures = new Map()
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://far')
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ path: url.pathname, query: Object.fromEntries(url.searchParams), headers: request.headers, body })
    const answer = (status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (url.pathname === '/v1/chat/completions') return complete(response, JSON.parse(body), answer)
    if (url.pathname === '/slow') return setTimeout(() => answer(200, {}), Number(url.searchParams.get('ms')))
    const times = Number(url.searchParams.get('fails') ?? 0)
    const key = url.searchParams.get('key') ?? url.pathname
    const failed = failures.get(key) ?? 0
    if (failed < times) {
      failures.set(key, failed + 1)
      return answer(500, { message: `failure ${failed + 1}` })
    }
    answer(200, { ok: true })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const forget = () => {
    seen.length = 0
    failures.clear()
  }
  return { seen, forget, url: `http://127.0.0.1:${server.address().port}`, close: () => server.closeAllConnections() ?? server.close() }
}

/** Asks for the tool first, and answers when it has the tool's result; in one piece or as a stream. */
function complete(response, { messages, tools = [], model, stream }, answer) {
  const asksTool = tools.length > 0 && !messages.some(({ role }) => role === 'tool')
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: tools[0]?.function.name, arguments: '{"input":"2"}' } }
  const message = asksTool ? { role: 'assistant', content: null, tool_calls: [call] } : { role: 'assistant', content: 'four' }
  const reason = asksTool ? 'tool_calls' : 'stop'
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 }
  const head = { id: 'chatcmpl-1', created: 1, model }
  if (!stream) return answer(200, { ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: reason }], usage })
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const say = (choices, more) => response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`)
  say([{ index: 0, delta: message, finish_reason: null }])
  say([{ index: 0, delta: {}, finish_reason: reason }])
  say([], { usage })
  response.end('data: [DONE]\n\n')
}
