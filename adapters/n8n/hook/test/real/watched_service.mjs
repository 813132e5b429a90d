// What the workflows talk to: a service that the test breaks and heals, its metrics, a chat, and a mail server.
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'

export async function startService() {
  const state = { isHealthy: true, heals: new Set(), steps: [], notes: [], metrics: '' }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => (body += piece))
    request.on('end', () => {
      const path = request.url.split('?')[0]
      if (path === '/health') response.writeHead(state.isHealthy ? 200 : 503)
      else if (path === '/metrics') response.writeHead(state.metrics === undefined ? 500 : 200, { 'content-type': 'text/plain; version=0.0.4' })
      else if (path === '/notify') state.notes.push(JSON.parse(body).text)
      else state.steps.push(path)
      if (state.heals.has(path)) state.isHealthy = true
      response.end(path === '/metrics' ? (state.metrics ?? '') : '{}')
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { state, url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() }
}

/** Takes every mail, and keeps its text. */
export async function startMailServer() {
  const mails = []
  const server = createTcpServer((socket) => {
    let data
    let rest = ''
    socket.setEncoding('utf8').write('220 test\r\n')
    socket.on('error', () => {})
    socket.on('data', (piece) => {
      rest += piece
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (data === undefined) {
          if (line === 'DATA') data = []
          socket.write(line === 'DATA' ? '354 go on\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
        } else if (line === '.') {
          mails.push(data.join('\n'))
          data = undefined
          socket.write('250 ok\r\n')
        } else data.push(line)
      }
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { mails, port: server.address().port, stop: () => server.close() }
}
