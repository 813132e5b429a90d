// What workflows call: a server that answers, fails as often as it is told, and a model behind OpenAI's interface.

import { createServer } from 'node:http'

/** `seen`: every request with its headers. */
export async function farSide() {
  const seen = []
  const failures = new Map()
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://far')
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ path: url.pathname, query: Object.fromEntries(url.searchParams), headers: request.headers, body })
    const answer = (status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (url.pathname === '/v1/chat/completions') return answer(200, completion(JSON.parse(body)))
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
  return { seen, url: `http://127.0.0.1:${server.address().port}`, close: () => server.closeAllConnections() ?? server.close() }
}

/** Asks for the tool first, and answers when it has the tool's result. */
function completion({ messages, tools = [], model }) {
  const asksTool = tools.length > 0 && !messages.some(({ role }) => role === 'tool')
  const call = { id: 'call_1', type: 'function', function: { name: tools[0]?.function.name, arguments: '{"input":"2"}' } }
  const message = asksTool ? { role: 'assistant', content: null, tool_calls: [call] } : { role: 'assistant', content: 'four' }
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message, finish_reason: asksTool ? 'tool_calls' : 'stop' }],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  }
}
