// A program that knows nothing of telemetry: CommonJS.
const express = require('express')
const http = require('node:http')
const { argv } = process

const app = express()
app.get('/cart/:id', (request, response) => response.json({ id: request.params.id }))
app.get('/slow/:id', (request, response) => setTimeout(() => response.end('ok'), 3000))
const server = http.createServer(app).listen(0, '127.0.0.1', () => {
  const ask = (path) => http.get(`http://127.0.0.1:${server.address().port}${path}`, { agent: false }, (response) => response.resume().on('end', () => server.close()))
  ask(argv[2] ?? '/cart/7')
})
