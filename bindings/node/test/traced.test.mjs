// Functions and methods that run inside of a span each time they are called.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs'
import { PassThrough, Readable, Writable } from 'node:stream'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as vigie from '../dist/esm/index.js'
import { captured } from './helper.mjs'

vigie.init({ service: 'shop', outputs: [{ to: 'null' }] })
const log = vigie.getLogger('in')
const inside = () => vigie.currentSpan().name

/** The spans that some work records, as pairs of name and status, and the spans themselves. */
async function recorded(work) {
  const lines = await captured(vigie, work)
  const spans = lines.filter(({ kind }) => kind === 'span')
  return { lines, spans, said: spans.map(({ name, status }) => `${name} ${status}`) }
}

test('a plain function: its arguments, its this, its result, its name and parameters', async () => {
  const cart = { rate: 2, total: vigie.traced(function total(a, b) { return [this.rate * (a + b), inside()] }) }
  const { said } = await recorded(() => assert.deepEqual(cart.total(1, 2), [6, 'total']))
  assert.deepEqual(said, ['total unset'])
  assert.deepEqual([cart.total.name, cart.total.length], ['total', 2])
})

test('what it throws is recorded and thrown on', async () => {
  const error = new RangeError('low')
  const fails = vigie.traced('price', { kind: 'client', attributes: { a: 1 } }, () => { throw error })
  const { spans: [span] } = await recorded(() => assert.throws(() => fails(), (thrown) => thrown === error))
  assert.deepEqual([span.name, span.span_kind, span.attributes, span.status, span.status_message], ['price', 'client', { a: 1 }, 'error', 'RangeError: low'])
  assert.equal(span.events[0].attributes['exception.type'], 'RangeError')
})

test('an async function: the span ends with the promise, which is its own', async () => {
  const promise = sleep(5, 'x')
  const given = vigie.traced('given', () => promise)
  const waits = vigie.traced('waits', async () => {
    await sleep(1)
    assert.equal(inside(), 'waits')
    throw new Error('late')
  })
  const { said, spans } = await recorded(async () => {
    assert.equal(given(), promise)
    await promise
    await assert.rejects(waits())
  })
  assert.deepEqual(said, ['given unset', 'waits error'])
  assert.ok(spans[0].duration_ns > 3_000_000)
})

test('a generator: from its first step to its last, current while its body runs', async () => {
  const count = vigie.traced(function* count(n) {
    try {
      for (let i = 0; i < n; i++) {
        assert.equal(inside(), 'count')
        const sent = yield i
        if (sent === 'more') n++
      }
      return 'done'
    } finally {
      log.info('left')
    }
  })
  const { said, lines } = await recorded(() => {
    assert.deepEqual([...count(3)], [0, 1, 2])
    const one = count(1)
    assert.equal(inside(), '')
    one.next()
    assert.equal(inside(), '', 'between the steps the caller runs')
    assert.deepEqual([one.next('more'), one.next(), one.next()], [{ value: 1, done: false }, { value: 'done', done: true }, { value: undefined, done: true }])
    for (const two of count(5)) if (two === 1) break
    const thrown = count(5)
    thrown.next()
    assert.throws(() => thrown.throw(new Error('in')), /in/)
    count(5).return(7)
  })
  assert.deepEqual(said, ['count unset', 'count unset', 'count unset', 'count error'])
  const left = lines.filter(({ message }) => message === 'left').map((line) => line.span_id)
  assert.deepEqual(left, lines.filter(({ kind }) => kind === 'span').map((span) => span.span_id))
})

test('an async generator, likewise', async () => {
  const rows = vigie.traced('rows', async function* (n) {
    for (let i = 0; i < n; i++) {
      await sleep(1)
      assert.equal(inside(), 'rows')
      yield i
    }
    if (n > 2) throw new Error('too many')
  })
  const seen = []
  const { said } = await recorded(async () => {
    for await (const row of rows(2)) {
      assert.equal(inside(), '')
      seen.push(row)
    }
    for await (const row of rows(9)) if (row === 1) break
    await assert.rejects(async () => { for await (const _ of rows(3)); })
  })
  assert.deepEqual([seen, said], [[0, 1], ['rows unset', 'rows unset', 'rows error']])
})

test('a stream: until it has closed, and nobody reads or handles it for that', async () => {
  const reads = vigie.traced('reads', (parts) => Readable.from(parts))
  const writes = vigie.traced('writes', () => new Writable({ write: (part, _, done) => done(part === 'bad' ? new Error('disk') : null), decodeStrings: false }))
  const plain = vigie.traced('never closes', () => new PassThrough({ autoDestroy: false, emitClose: false }))
  const broken = vigie.traced('broken off', () => Readable.from(['a', 'b']))
  const over = vigie.traced('over', () => new PassThrough().destroy())
  const { said, spans } = await recorded(async () => {
    const stream = reads(['a', 'b'])
    await sleep(5)
    assert.equal(stream.readableFlowing, null)
    assert.equal((await stream.toArray()).join(''), 'ab')
    const sink = writes()
    assert.equal(sink.listenerCount('error'), 0)
    await new Promise((resolve) => sink.on('error', resolve).write('bad'))
    const through = plain()
    through.end('x')
    await through.toArray()
    for await (const _ of broken()) break
    over()
    await sleep(5)
  })
  assert.deepEqual(said, ['reads unset', 'writes error', 'never closes unset', 'over unset', 'broken off unset'])
  assert.ok(spans[0].duration_ns >= 4_000_000)
  assert.equal(spans[1].status_message, 'Error: disk')
})

test('with a callback: until that is called, and it runs where it was made', async () => {
  const read = vigie.traced('read', { callback: true }, readFile)
  const later = vigie.traced('later', { callback: true }, (value, done) => setImmediate(() => done(null, value)))
  const rejects = vigie.traced('rejects', { callback: true }, async () => { throw new Error('instead') })
  const { said } = await recorded(async () => {
    await vigie.span('around', () => new Promise((resolve) => later(4, (error, value) => {
      assert.deepEqual([error, value, inside()], [null, 4, 'around'])
      resolve()
    })))
    await new Promise((resolve) => read('/nowhere', (error) => resolve(assert.equal(error.code, 'ENOENT'))))
    await assert.rejects(rejects(() => {}))
    assert.equal(await vigie.traced('without', { callback: true }, async (one) => one)(1), 1)
  })
  assert.deepEqual(said, ['later unset', 'around unset', 'read error', 'rejects error', 'without unset'])
})

test('methods, by the decorators of the language and by those before them', async () => {
  class Cart {
    total() { return inside() }
  }
  const language = vigie.traced('cart.total')(Cart.prototype.total, { kind: 'method', name: 'total' })
  const bare = vigie.traced(Cart.prototype.total, { kind: 'method', name: 'total' })
  const property = Object.getOwnPropertyDescriptor(Cart.prototype, 'total')
  Object.defineProperty(Cart.prototype, 'total', vigie.traced('legacy', { kind: 'server' })(Cart.prototype, 'total', property))
  const { said } = await recorded(() => assert.deepEqual([language.call(1), bare.call(1), new Cart().total()], ['cart.total', 'total', 'legacy']))
  assert.deepEqual(said, ['cart.total unset', 'total unset', 'legacy unset'])
})

test('without a function it is a mistake in the program, told at once', () => {
  const wrong = [() => vigie.traced(), () => vigie.traced(7), () => vigie.traced('x', {}, 7), () => vigie.traced('x')(7)]
  for (const call of wrong) assert.throws(call, /needs a function to run/)
})

test('a hostile result is returned as it is', async () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const { said } = await recorded(() => assert.equal(vigie.traced('odd', () => proxy)(), proxy))
  assert.deepEqual(said, ['odd unset'])
})
