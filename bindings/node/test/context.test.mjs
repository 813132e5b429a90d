// The current context: it follows timers, events, promises and streams, and never leaks from one request into another.
import assert from 'node:assert/strict'
import { AsyncResource } from 'node:async_hooks'
import { EventEmitter, once } from 'node:events'
import http from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import fc from 'fast-check'
import * as vigie from '../dist/esm/index.js'
import { captured, isFull } from './helper.mjs'

vigie.init({ service: 'shop', outputs: [{ to: 'null' }] })
const log = vigie.getLogger('ctx')
const ways = {
  'a promise': async (say) => { await null; say() },
  'Promise.then': (say) => Promise.resolve().then(say),
  'queueMicrotask': (say) => new Promise((resolve) => queueMicrotask(() => resolve(say()))),
  'process.nextTick': (say) => new Promise((resolve) => process.nextTick(() => resolve(say()))),
  'setTimeout': (say) => new Promise((resolve) => setTimeout(() => resolve(say()), 1)),
  'setInterval': (say) => new Promise((resolve) => { const timer = setInterval(() => { clearInterval(timer); resolve(say()) }, 1) }),
  'setImmediate': (say) => new Promise((resolve) => setImmediate(() => resolve(say()))),
  'an event emitted inside': (say) => { const bus = new EventEmitter(); bus.on('e', say); bus.emit('e') },
  'a stream': (say) => pipeline(Readable.from(['a']), async function* (chunks) { for await (const chunk of chunks) { say(); yield chunk } }, async (out) => { for await (const _ of out); }),
  'a callback bound to its resource': (say) => AsyncResource.bind(say)(),
  'an async generator': async (say) => { for await (const _ of (async function* () { say(); yield 1 })()); },
  'Promise.all': (say) => Promise.all([null, null].map(async (_, i) => { await sleep(1); if (i) say() })),
  'an awaited thenable': async (say) => { await { then: (resolve) => resolve() }; say() },
}

for (const [name, way] of Object.entries(ways)) {
  test(`through ${name}`, async () => {
    const found = await captured(vigie, async () => {
      await vigie.withContext({ user_id: 'u-1' }, () => vigie.span('s', (span) => way(() => log.info('inside', { at: span.context.spanId }))))
      log.info('outside')
    })
    const [inside, outside] = ['inside', 'outside'].map((message) => found.find((line) => line.message === message))
    assert.deepEqual([inside.user_id, inside.span_id], ['u-1', inside.at])
    assert.deepEqual([outside.user_id, outside.span_id], [undefined, undefined])
  })
}

test('many requests at a time do not mix', async () => {
  const found = await captured(vigie, () => Promise.all(Array.from({ length: 200 }, (_, i) => vigie.withContext({ user_id: `u-${i}` }, async () => {
    await sleep(Math.random() * 5)
    await vigie.span('work', { i }, async () => {
      log.info('a', { i })
      await sleep(Math.random() * 5)
      log.info('b', { i })
    })
  }))))
  assert.equal(found.length, 600)
  const spans = new Map(found.filter((line) => line.kind === 'span').map((line) => [line.span_id, line.attributes.i]))
  for (const line of found) assert.equal(line.user_id, `u-${line.i ?? line.attributes.i}`)
  for (const line of found.filter((line) => line.kind !== 'span')) assert.equal(spans.get(line.span_id), line.i)
})

test('over http: what one side injects, the other extracts', async (t) => {
  const server = http.createServer((request, response) => vigie.extract(request.headers, () => {
    log.info('served')
    response.end(JSON.stringify(vigie.inject({})))
  })).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const found = await captured(vigie, () => vigie.withContext({ correlation_id: 'c-1' }, () => vigie.span('call', async (span) => {
    const headers = vigie.inject(new Headers())
    const back = await (await fetch(`http://127.0.0.1:${server.address().port}`, { headers })).json()
    assert.equal(back.traceparent, span.context.traceparent)
    assert.equal(back['X-Correlation-ID'], 'c-1')
  }), { baggage: { k: 'v w' } }))
  const [served, call] = found
  assert.deepEqual([served.message, served.trace_id, served.span_id, served.correlation_id], ['served', call.trace_id, call.span_id, 'c-1'])
})

test('carriers: objects, Map, Headers; arrays; other spellings', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'
  const id = (carrier) => vigie.contextFrom(carrier).spanId
  assert.equal(id({ traceparent }), 'b7ad6b7169203331')
  assert.equal(id({ TraceParent: traceparent }), 'b7ad6b7169203331')
  assert.equal(id(Object.assign(Object.create(null), { traceparent })), 'b7ad6b7169203331')
  assert.equal(id(new Map([['traceparent', traceparent]])), 'b7ad6b7169203331')
  assert.equal(id(new Headers({ traceparent })), 'b7ad6b7169203331')
  assert.equal(id({ traceparent: [traceparent, traceparent] }), undefined)
  assert.equal(id({ traceparent: traceparent.toUpperCase() }), undefined)
  assert.equal(vigie.contextFrom({ traceparent }).sampled, false)
  assert.deepEqual([...vigie.contextFrom({ baggage: 'a=1, b = x%20y;p' }).baggage], [['a', '1'], ['b', 'x y']])
  assert.deepEqual(vigie.extract({ baggage: 'a=1' }, () => vigie.extract({ baggage: 'b=2,a=3' }, () => vigie.inject({}))), { baggage: 'a=3,b=2' })
})

test('other propagators: what is not chosen is neither read nor written, and stays in the context', (t) => {
  const settings = { service: 'shop', outputs: [{ to: 'null' }] }
  t.after(() => vigie.reconfigure(settings))
  vigie.reconfigure({ ...settings, propagators: ['tracecontext'] })
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const incoming = { traceparent, tracestate: ' a=1', baggage: 'k=v', 'x-correlation-id': 'c' }
  vigie.withContext({ correlation_id: 'own' }, () => vigie.extract(incoming, () => {
    assert.deepEqual(vigie.inject({}), { traceparent, tracestate: 'a=1' })
    assert.deepEqual([...vigie.currentContext().baggage], [['l', 'w x']])
  }), { baggage: { l: 'w x' } })
  assert.deepEqual(vigie.inject({}), {})

  vigie.reconfigure({ ...settings, propagators: ['correlation', 'baggage'], propagate: ['tenant_id'] })
  vigie.extract(incoming, () => vigie.withContext({ tenant_id: 'acme' }, () => vigie.span('s', () => {
    assert.deepEqual(vigie.inject(new Map()), new Map([['X-Correlation-ID', 'c'], ['baggage', 'k=v,tenant_id=acme']]))
    assert.notEqual(vigie.currentContext().traceId, traceparent.slice(3, 35))
  })))
  assert.throws(() => vigie.reconfigure({ ...settings, propagators: ['ottrace'] }), /propagators\[0\]: "ottrace" is not built yet; accepted: tracecontext/)
})

test('fields of other formats are found in carriers of many shapes', (t) => {
  const settings = { service: 'shop', outputs: [{ to: 'null' }] }
  t.after(() => vigie.reconfigure(settings))
  vigie.reconfigure({ ...settings, propagators: ['jaeger', 'b3multi'] })
  const trace = 'a'.padStart(32, '0')
  const span = 'b'.padStart(16, '0')
  const carriers = [
    { 'Uber-Trace-Id': 'a:b:0:1', 'UberCtx-Plan': 'gold' },
    { 'uber-trace-id': Buffer.from('a:b:0:1'), 'uberctx-plan': [new Uint8Array(Buffer.from('gold'))] },
    [['uber-trace-id', 'a:b:0:1'], ['uberctx-plan', Buffer.from('gold')]],
    [{ 'uber-trace-id': Buffer.from('a:b:0:1') }, { 'uberctx-plan': 'gold' }],
    new Map([['X-B3-TraceId', trace], ['x-b3-spanid', span], ['UberCtx-Plan', 'gold']]),
    new Headers({ 'uber-trace-id': 'a:b:0:1', 'uberctx-plan': 'gold' }),
  ]
  for (const carrier of carriers) {
    vigie.extract(carrier, () => {
      assert.deepEqual(vigie.inject({}), { 'uber-trace-id': `${trace}:${span}:0:1`, 'uberctx-plan': 'gold', 'X-B3-TraceId': trace, 'X-B3-SpanId': span, 'X-B3-Sampled': '1' })
    })
  }
  // Debug is carried on, by a context that is changed too.
  vigie.extract({ 'uber-trace-id': 'a:b:0:3' }, () => vigie.withContext({ k: 'v' }, () => vigie.span('s', () => {
    assert.equal(vigie.inject({})['X-B3-Flags'], '1')
  }), { baggage: { l: 'w' } }))
})

test('headers of messages: bytes, and names that occur several times', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03'
  const id = (carrier) => vigie.contextFrom(carrier).spanId
  assert.equal(id({ traceparent: Buffer.from(traceparent) }), 'b7ad6b7169203331')
  assert.equal(id([['traceparent', Buffer.from(traceparent)]]), 'b7ad6b7169203331')
  assert.equal(id([{ traceparent: Buffer.from(traceparent) }, { traceparent }]), undefined)
  assert.equal(id([null, ['traceparent'], { traceparent }]), undefined, 'what is no list of headers is none')
  assert.deepEqual([...vigie.contextFrom([['baggage', Buffer.from('a=1')], ['baggage', 'b=2']]).baggage], [['a', '1'], ['b', '2']])
})

test('a flood of headers leaves what the specification asks for', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03'
  const baggage = Array.from({ length: 10000 }, (_, n) => `k${n % 100}=v`).concat(Array(10000).fill('x'.repeat(8192)))
  const context = vigie.contextFrom({ baggage, traceparent })
  assert.equal(context.baggage.size, 64)
  assert.equal(context.spanId, 'b7ad6b7169203331')
})

test('a public endpoint links to the remote span and takes nothing else', async (t) => {
  const settings = { service: 'shop', outputs: [{ to: 'null' }] }
  t.after(() => vigie.reconfigure(settings))
  vigie.reconfigure({ ...settings, public_endpoint: true })
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=1', baggage: 'k=v', 'x-correlation-id': 'c' }
  const lines = await captured(vigie, () => vigie.withContext({ user_id: 'u' }, () => vigie.extract(headers, () => {
    assert.deepEqual(vigie.inject({}), {})
    vigie.withContext({ tenant_id: 't' }, () => vigie.span('server', (span) => {
      assert.deepEqual(Object.keys(vigie.inject({})), ['traceparent'])
      assert.notEqual(span.context.traceId, headers.traceparent.slice(3, 35))
      vigie.span('inner', () => {})
    }))
  })))
  const [inner, server] = lines
  assert.deepEqual(server.links, [{ trace_id: headers.traceparent.slice(3, 35), span_id: headers.traceparent.slice(36, 52) }])
  assert.deepEqual([inner.links, inner.parent_span_id, server.parent_span_id], [undefined, server.span_id, undefined])
  assert.deepEqual([server.user_id, server.tenant_id, server.correlation_id], ['u', 't', undefined])
})

test('the quick paths of the default set and the core agree', (t) => {
  const settings = { service: 'shop', outputs: [{ to: 'null' }] }
  t.after(() => vigie.reconfigure(settings))
  const traceparents = ['', 'junk', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02', '01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01']
  const lists = ['', 'a=1', 'a=1,b=2', 'a=1,a=2', 'a=%41;p', ' a=1 ,']
  const ids = ['', 'c-1', ' c ', 'c\u00e9', 'x'.repeat(300)]
  const play = () => {
    const found = []
    for (const traceparent of traceparents) for (const list of lists) for (const id of ids) {
      const headers = { traceparent, tracestate: list, baggage: list, 'X-Correlation-ID': id }
      found.push(vigie.extract(headers, () => vigie.inject({})))
      found.push(vigie.withContext({ correlation_id: 'own' }, () => vigie.extract(headers, () => vigie.inject({})), { baggage: { a: '0', z: '9' } }))
    }
    return found
  }
  const quick = play()
  vigie.reconfigure({ ...settings, propagators: ['baggage', 'correlation', 'tracecontext'] })
  assert.deepEqual(play(), quick)
})

test('quick and careful reading of headers agree', () => {
  const values = ['a=1', 'a=1,b=2', 'a=1,a=2', 'a=', '=1', 'a', 'a=1,', ',a=1', 'a=1;p=2', 'A=1', 'a.b=1', '1a=2', 'a=%41', 'a=b=c', 'a-b_c=1.2-3_4', ' a=1', 'a= 1', '',
    't@s=s:1;t:abc', 't@1=a', '@s=1', 'a*/b=1', 'a=~!"', 'a=%20', 'a=%2c', 'a=%2C', 'a=%', 'a=%4', 'a=%C3%BC', 'a=%C3', 'a=%C3,b=%BC', 'a=%C3x%BC', 'a=%C0%80', 'a=%E0%80%80',
    'a=%ED%A0%80', 'a=%F4%90%80%80', 'a=%F0%9F%98%80', 'a=%FF', 'a=\u00fc', 'a=\u0161', 'a=x y', `${'k'.repeat(250)}=1`, `t@${'s'.repeat(15)}=1`, `a=${'v'.repeat(257)}`,
    Array.from({ length: 32 }, (_, i) => `k${i}=v`).join(), Array.from({ length: 33 }, (_, i) => `k${i}=v`).join()]
  for (const tracestate of values) {
    for (const baggage of values) {
      const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate, baggage }
      const quick = vigie.extract(headers, () => vigie.inject({}))
      const careful = vigie.extract({ ...headers, traceparent: [headers.traceparent] }, () => vigie.inject({}))
      assert.deepEqual(quick, careful, JSON.stringify(headers))
      assert.deepEqual(vigie.extract(new Map(Object.entries(headers)), () => vigie.inject({})), careful)
    }
  }
})

test('lists that need no core are written as the core writes them', (t) => {
  const settings = { service: 'shop', outputs: [{ to: 'null' }] }
  t.after(() => vigie.reconfigure(settings))
  const some = (...parts) => fc.array(fc.constantFrom(...parts), { maxLength: 6 }).map((all) => all.join(''))
  const state = some('a', 'b1', ',c=1', '@', 'nr', '*', '/', '_', '=', '=', ',', ' ', '\t', 's:1;t:2', 'x'.repeat(120), '-', '%', '.', 'A', '!', '~')
  const baggage = some('a', 'b', '=', '=', ',', ' ', ';', 'p=1', '%20', '%2F', '%2f', '%41', '%C3%BC', '%c3%bc', '%C3', '%ED%A0%80', '%F0%9F%8E%89',
    '%f4%90%80%80', '%E0%80%80', '%', '%2', '%00', '%7F', '%25', '%', '"', '\\', '/', ':', 'é', 'x'.repeat(500))
  const list = (member) => fc.array(fc.tuple(fc.constantFrom('k', 'l', 'm', '%4a', ''), fc.constantFrom('=', '='), member), { maxLength: 40 })
    .map((all) => all.map((parts) => parts.join('')).join(','))
  const plain = some('a', 's:1;t:2', 'x'.repeat(120), '-', '~', ' b')
  const escaped = some('a', '%20', '%2F', '%2f', '%41', '%C3%BC', '%c3%bc', '%F0%9F%8E%89', '%00', '/', ':', ';p=1')
  const cases = fc.sample(fc.tuple(fc.oneof(state, list(state), list(plain)), fc.oneof(baggage, list(baggage), list(escaped))), { numRuns: isFull ? 50_000 : 3000, seed: 7 })
  const many = (count) => Array.from({ length: count }, (_, i) => `k${i}=1`).join()
  for (const count of [32, 33, 64, 65]) cases.push([many(count), many(count)])
  for (const length of [240, 241, 242, 255, 256, 257]) cases.push([`${'k'.repeat(length)}=${'v'.repeat(200)}`, 'a=1'], [`k=${'v'.repeat(length)}`, 'a=1'], [`${'k'.repeat(length)}@s=1`, ''])
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const play = () => cases.map(([tracestate, baggage]) => vigie.extract({ traceparent, tracestate, baggage }, () => vigie.inject({})))
  const quick = play()
  vigie.reconfigure({ ...settings, propagators: ['baggage', 'correlation', 'tracecontext'] })
  play().forEach((careful, i) => assert.deepEqual(quick[i], careful, JSON.stringify(cases[i])))
  const found = (name) => quick.filter((out) => out[name] !== undefined).length / cases.length
  assert.ok(found('baggage') > 0.3 && found('tracestate') > 0.03, `${found('baggage')} ${found('tracestate')}`)
})

test('withSpan, currentContext, a span as parent', async () => {
  const span = vigie.startSpan('s')
  vigie.withSpan(span, () => {
    assert.equal(vigie.currentContext().spanId, span.context.spanId)
    assert.equal(vigie.inject({}).traceparent, span.context.traceparent)
  })
  const child = vigie.startSpan('c', { parent: span })
  assert.equal(child.context.traceId, span.context.traceId)
  assert.notEqual(vigie.startSpan('r', { parent: null }).context.traceId, span.context.traceId)
  assert.equal(vigie.currentContext().traceparent, undefined)
  const { port1, port2 } = new MessageChannel()
  port1.close()
  port2.close()
})

test('identifiers do not repeat', () => {
  const seen = new Set()
  for (let i = 0; i < 20_000; i++) {
    const { traceId, spanId } = vigie.startSpan('s', { parent: null }).context
    seen.add(traceId).add(spanId)
    assert.match(`${traceId} ${spanId}`, /^[0-9a-f]{32} [0-9a-f]{16}$/)
  }
  assert.equal(seen.size, 40_000)
})
