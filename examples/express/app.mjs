// A shop's server, written for nobody's telemetry: Express answers, and asks its own stock over HTTP. What makes it visible is
// how it is started: see README.md.
import express from 'express'
import http from 'node:http'

const app = express()

/** What a request over HTTP answers, as JSON. */
const asked = (url) => new Promise((resolve, reject) => {
  http.get(url, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (part) => { text += part }).on('end', () => resolve(JSON.parse(text)))
  }).on('error', reject)
})

app.get('/stock/:item', (request, response) => response.json({ item: request.params.item, left: 3 }))

app.get('/cart/:id', async (request, response) => {
  const { port } = request.socket.address()
  const stock = await Promise.all(['tea', 'milk'].map((item) => asked(`http://localhost:${port}/stock/${item}`)))
  response.json({ cart: request.params.id, stock })
})

const server = app.listen(Number(process.env.PORT ?? 3000), () => console.log(`http://localhost:${server.address().port}/cart/7`))
process.once('SIGTERM', () => server.close(() => process.exit()))
