// What the workflow Orders calls: a stock that answers at the third attempt only, and a bank that declines. node shop.mjs

import { createServer } from 'node:http'

let asked = 0

createServer((request, response) => {
  const answer = (status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  if (request.url === '/pay') return answer(402, { message: 'declined' })
  return ++asked % 3 === 0 ? answer(200, { stock: 2 }) : answer(503, { message: 'busy' })
}).listen(8790, '127.0.0.1')
