// A collector for what n8n's own OpenTelemetry exports: spans out of OTLP's protobuf.

import { createServer } from 'node:http'

export async function collector() {
  const spans = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    spans.push(...spansOf(Buffer.concat(chunks)))
    response.writeHead(200).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** All so far: identifiers in hex, the status in a word, attributes by key. */
    spans: () => spans,
    close: () => server.closeAllConnections() ?? server.close(),
  }
}

const STATUS = ['unset', 'ok', 'error']

function spansOf(request) {
  const inside = (number) => (message) => fields(message).filter(([field]) => field === number).map(([, value]) => value)
  return [request].flatMap(inside(1)).flatMap(inside(2)).flatMap(inside(2)).map(spanOf)
}

function spanOf(message) {
  const span = { parentSpanId: '', status: 'unset', attributes: {}, events: 0 }
  for (const [field, value] of fields(message)) {
    if (field === 1) span.traceId = value.toString('hex')
    else if (field === 2) span.spanId = value.toString('hex')
    else if (field === 4) span.parentSpanId = value.toString('hex')
    else if (field === 5) span.name = value.toString()
    else if (field === 9) Object.assign(span.attributes, attribute(value))
    else if (field === 11) span.events++
    else if (field === 15) span.status = STATUS[Number(new Map(fields(value)).get(3) ?? 0)]
  }
  return span
}

function attribute(message) {
  const { 1: key, 2: any } = Object.fromEntries(fields(message))
  const [[kind, value]] = fields(any)
  const read = { 1: () => value.toString(), 2: () => value === 1n, 3: () => Number(value), 4: () => value.readDoubleLE() }
  return { [key.toString()]: read[kind]?.() }
}

/** Numbers and values of a message's fields: a bigint, or the bytes. */
function fields(message) {
  const found = []
  for (let at = 0; at < message.length; ) {
    const tag = varint()
    const kind = Number(tag & 7n)
    const size = kind === 2 ? Number(varint()) : kind === 1 ? 8 : kind === 5 ? 4 : 0
    found.push([Number(tag >> 3n), kind === 0 ? varint() : message.subarray(at, (at += size))])
    function varint() {
      let value = 0n
      for (let shift = 0n; ; shift += 7n) {
        const byte = message[at++]
        value |= BigInt(byte & 0x7f) << shift
        if (byte < 0x80) return value
      }
    }
  }
  return found
}
