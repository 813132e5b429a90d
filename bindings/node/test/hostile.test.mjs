// Generated hostile input: nothing throws, every line is valid, nothing is lost. 2 000 cases, 100 000 with VIGIE_FULL=1.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as vigie from '../dist/esm/index.js'
import { capture } from '../dist/esm/testing.js'
import { checked, isFull } from './helper.mjs'

vigie.init({ service: 'shop', outputs: [{ to: 'null' }], level: 'trace' })

const CASES = isFull ? 100_000 : 2000
// A capture holds 32 MiB at most.
const PORTION = 40

const throws = () => { throw new Error('hostile') }
const specials = ['\u0000', '\u001b[31m', '\r\n', '\u2028', '\u2029', '\u0085', '\u202e', '\ud800', '\udfff', '{', '}', '{a}', '{{', '"', '\\', '\u007f', 'é', '漢', '🎉']
const short = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.array(fc.constantFrom(...specials), { maxLength: 6 }).map((parts) => parts.join('')),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('level', 'timestamp', 'kind', 'message', '__proto__', 'toString', 'constructor', 'error', 'trace_id', 'password', 'a'),
)
const long = fc.integer({ min: 1, max: 3 }).map((n) => 'long'.repeat(n * 10_000))
const text = fc.oneof({ weight: 60, arbitrary: short }, { weight: 1, arbitrary: long })

const scalar = fc.oneof(
  text, fc.integer(), fc.double(), fc.boolean(), fc.bigInt(), fc.date({ noInvalidDate: false }),
  fc.constantFrom(null, undefined, Number.NaN, -0, Infinity, Symbol('s'), Symbol.iterator, () => 1, class A {}, new Date(Number.NaN)),
  fc.uint8Array({ maxLength: 9 }), fc.float64Array({ maxLength: 3 }),
)

function revoked() {
  const { proxy, revoke } = Proxy.revocable([], {})
  revoke()
  return proxy
}

const traps = ['get', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf', 'has']
// Recipes, not values: fast-check itself looks into what it generates.
const strange = fc.oneof(
  fc.constantFrom(...traps).map((trap) => () => new Proxy({ a: 1 }, { [trap]: throws })),
  fc.constantFrom(...traps).map((trap) => () => new Proxy([1, 2], { [trap]: throws })),
  fc.constant(revoked),
  fc.constant(() => { const o = { n: 1 }; o.self = o; return o }),
  fc.constant(() => { const o = [1]; o.push(o, { o }); return o }),
  fc.constant(() => ({ get bad() { return throws() }, ok: 1, toJSON: throws })),
  fc.constant(() => Object.defineProperty([1], '0', { get: throws, enumerable: true })),
  fc.constant(() => ({ toString: throws, valueOf: throws, [Symbol.toPrimitive]: throws })),
  fc.constant(() => Object.create({ toString: throws, get constructor() { return throws() } })),
  fc.constant(() => Object.defineProperties(new Error('e'), { stack: { get: throws }, cause: { get: throws }, name: { get: throws } })),
  fc.constant(() => { const e = new Error('x'); e.cause = e; e.name = 5; e.message = {}; return e }),
  fc.constant(() => { const m = new Map(); m.set(m, m); m.set({ toString: throws }, 1); m.get = throws; m[Symbol.iterator] = throws; return m }),
  fc.constant(() => { const s = new Set([1]); s.add(s); s.values = throws; return s }),
  fc.constant(() => { const d = new Date(0); d.toISOString = throws; d.getTime = throws; return d }),
  fc.constant(() => { const o = Object.create(null); o.then = throws; return o }),
  fc.constant(() => ({ get inner() { vigie.getLogger('again').info('from inside', { a: 1 }); return 1 } })),
  fc.integer({ min: 1, max: 100 }).map((levels) => () => { let o = 1; let depth = levels; while (depth-- > 0) o = depth % 2 ? { o } : [o]; return o }),
  fc.integer({ min: 100, max: 5000 }).map((length) => () => Array.from({ length }, (_, i) => i)),
)

const make = (recipe) => recipe()
const { value, attributes } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' },
    scalar.map((one) => () => one),
    strange,
    fc.array(tie('value'), { maxLength: 4 }).map((all) => () => all.map(make)),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map((pairs) => () => new Map(pairs.map(([key, one]) => [key, one()]))),
    fc.array(tie('value'), { maxLength: 3 }).map((all) => () => new Set(all.map(make))),
    tie('attributes'),
  ),
  attributes: fc.array(fc.tuple(text, tie('value')), { maxLength: 5 }).map((pairs) => () => {
    const made = {}
    for (const [key, one] of pairs) Object.defineProperty(made, key, { value: one(), enumerable: true, configurable: true, writable: true })
    return made
  }),
}))

const words = fc.oneof(text.map((one) => () => one), value)
const anything = fc.oneof({ weight: 4, arbitrary: attributes }, value)

const loggers = []
let turn = 0

/** Loggers are kept for ever, under whatever name: so not under a hundred thousand. */
function loggerOf(name) {
  if (typeof name === 'string' && loggers.length < 500) loggers.push(vigie.getLogger(name.slice(0, 20)))
  return loggers[turn++ % loggers.length] ?? vigie.getLogger(name)
}

/** All of the recording face with hostile arguments; the number of records it must leave behind. */
function record(message, first, second, name) {
  const log = loggerOf(name)
  log.info(message, first)
  log.warn(message, first, second)
  log.bind(first).log(name, message, second)
  vigie.withContext(typeof first === 'object' && first !== null ? first : {}, () => {
    const span = vigie.startSpan(name, { attributes: first, kind: name, scope: 'x' })
    span.setAttribute(name, first).setAttributes(second).addEvent(message, first).recordException(second, first)
    span.setStatus('error', message).updateName(message)
    span.end()
    log.error(message, second, first)
  })
  orders.add(1, first)
  orders.add(second, first)
  latency.record(first, second)
  vigie.inject({})
  return 5
}

/** Generated values do not print well: what went wrong inside of the property does. */
function check(property, parameters) {
  const { failed, errorInstance, seed } = fc.check(property, { ...parameters, endOnFailure: true })
  if (!failed) return
  console.error(`seed ${seed}`)
  throw errorInstance
}

const orders = vigie.counter('hostile_total')
const latency = vigie.histogram('hostile_seconds')

test(`${CASES} generated cases`, { timeout: 3_600_000 }, async () => {
  for (let done = 0; done < CASES; done += PORTION) {
    const records = capture()
    let expected = 0
    check(
      fc.property(words, anything, anything, words, (message, first, second, name) => {
        expected += record(message(), first(), second(), name())
      }),
      { numRuns: PORTION, seed: done + 1 },
    )
    const lines = records.lines.map(checked)
    records.stop()
    const own = lines.filter((line) => line.kind !== 'metric' && line.logger !== 'again')

    assert.equal(own.length, expected)
  }
  assert.equal(await vigie.flush(), true)
  const { internal_panics: panics, lost, outputs } = vigie.stats()
  assert.deepEqual([panics, lost], [0, 0])
  for (const { accepted, delivered, dropped, queued, spooled } of outputs) {
    const gone = Object.values(dropped).reduce((sum, count) => sum + count, 0)
    assert.ok(accepted > CASES)
    assert.equal(accepted, delivered + gone + queued + spooled)
  }
  // Both expositions hold whatever came as attributes.
  for (const openmetrics of [false, true]) {
    for (const line of vigie.metricsText({ openmetrics }).split('\n')) {
      assert.match(line, /^(#.*|[a-z_]+(\{.*\})? \S+|)$/s, line.slice(0, 300))
    }
  }
})

test('hostile carriers', () => {
  const names = ['traceparent', 'Traceparent', 'tracestate', 'baggage', 'X-Correlation-ID', 'x-correlation-id']
  const headers = fc.dictionary(fc.constantFrom(...names), words).map((all) => () => {
    return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, one()]))
  })
  check(
    fc.property(fc.oneof(anything, headers), (carrier) => {
      const out = vigie.extract(carrier(), () => vigie.inject({}))
      for (const header of Object.values(out)) assert.match(header, /^[\x20-\x7e]*$/)
    }),
    { numRuns: CASES },
  )
})

test('a time that is no number is no time at all', async () => {
  for (const ms of ['5', null, NaN, {}, [], Symbol('s'), 5n, -1, Infinity]) {
    assert.equal(typeof vigie.flushSync(ms), 'boolean')
    assert.equal(typeof (await vigie.flush(ms)), 'boolean')
  }
})
