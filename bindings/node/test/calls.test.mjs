// Functions that users hand over: what they return comes back, and a missing one is told in words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as vigie from '../dist/esm/index.js'
import { capture } from '../dist/esm/testing.js'
import { captured, esm, run } from './helper.mjs'

vigie.init({ service: 'shop', outputs: [{ to: 'null' }] })

const calls = {
  'vigie.span': (fn) => vigie.span('s', fn),
  'vigie.span with attributes': (fn) => vigie.span('s', { a: 1 }, fn),
  'vigie.withSpan': (fn) => vigie.withSpan(vigie.startSpan('s'), fn),
  'vigie.withContext': (fn) => vigie.withContext({ a: 1 }, fn),
  'vigie.extract': (fn) => vigie.extract({}, fn),
  'histogram.time': (fn) => vigie.histogram('timed').time({ a: 1 }, fn),
  'a bound histogram': (fn) => vigie.histogram('timed').bind({}).time(fn),
  capture: (fn) => capture(fn),
}

class Later extends Promise {
  then(...handlers) {
    Later.asked++
    return super.then(...handlers)
  }
}
Later.asked = 0

for (const [name, call] of Object.entries(calls)) {
  test(`${name}: what fn returns comes back itself`, async () => {
    let asked = 0
    const lazy = { then() { asked++ } }
    const watched = Object.defineProperty({}, 'then', { get() { asked++ } })
    const promise = Promise.resolve(1)
    const later = new Later((resolve) => resolve(1))
    for (const value of [lazy, watched, promise, later, undefined, null, 5, 'x', promise.then]) assert.equal(call(() => value), value)
    await promise
    assert.deepEqual([asked, Later.asked], [0, 0])
    const failure = new Error('x')
    assert.throws(() => call(() => { throw failure }), failure)
    const rejected = Promise.reject(failure)
    assert.equal(call(() => rejected), rejected)
    await assert.rejects(rejected, failure)
  })

  test(`${name}: without a function`, { skip: name === 'capture' }, () => {
    for (const fn of [undefined, null, 5, {}]) {
      assert.throws(() => call(fn), (error) => error instanceof TypeError && /^(vigie|histogram)\.\w+\(.*fn\) needs a function to run, and .* given; /.test(error.message))
    }
  })
}

test('a span lasts as long as a promise, and no longer than a function that returns another thenable', async () => {
  const found = await captured(vigie, async () => {
    const open = vigie.span('open', () => new Promise((resolve) => setTimeout(resolve, 5)))
    vigie.span('lazy', () => ({ then() {} }))
    await open
    await vigie.span('failed', async () => { throw new TypeError('late') }).catch(() => {})
    assert.throws(() => vigie.span('no function'), TypeError)
  })
  const spans = found.filter((line) => line.kind === 'span')
  assert.deepEqual(spans.map((line) => [line.name, line.status]), [['lazy', 'unset'], ['open', 'unset'], ['failed', 'error']])
})

test('a rejection that the program handles is seen by nobody else', async () => {
  const { stdout, stderr, code } = await run(['--input-type=module', '-e', `
    import * as vigie from ${JSON.stringify(esm)}
    vigie.init({ service: 'x', outputs: [{ to: 'null' }] })
    let unhandled = 0
    process.on('unhandledRejection', () => unhandled++)
    const later = (fail) => new Promise((_, reject) => setTimeout(() => reject(new Error('x')), 1))
    for (const call of [(fn) => vigie.span('s', fn), (fn) => vigie.histogram('h').time(fn)]) {
      const promise = later()
      promise.catch(() => {})
      call(() => promise)
      await call(later).catch(() => {})
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
    console.log(unhandled)`])
  assert.deepEqual([stdout, stderr, code], ['0\n', '', 0])
})

test('set-up says in its own words what it was given', () => {
  const refused = {
    'configuration: null; accepted: an object': [() => vigie.reconfigure(), () => vigie.reconfigure(() => 1), () => vigie.init(null)],
    'name of the instrument: undefined; accepted: a text': [() => vigie.counter(), () => vigie.histogram(undefined)],
    'name of the instrument: Symbol(x); accepted: a text': [() => vigie.gauge(Symbol('x'))],
    'h.buckets: 5; accepted: a list of numbers': [() => vigie.histogram('h', { buckets: 5 })],
    'h.buckets: [1.0, NaN]; accepted: ': [() => vigie.histogram('h', { buckets: [1, Symbol('x')] })],
    'g.callback: 5; accepted: a function': [() => vigie.gauge('g', { callback: 5 })],
  }
  for (const [text, all] of Object.entries(refused)) {
    for (const call of all) assert.throws(call, (error) => error instanceof vigie.ConfigError && error.message.startsWith(text), text)
  }
})
