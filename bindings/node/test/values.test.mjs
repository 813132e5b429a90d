// Every kind of value, hostile ones too, as it stands in the line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import vm from 'node:vm'
import * as vigie from '../dist/esm/index.js'
import { captured, checked, esm, run } from './helper.mjs'
import { capture } from '../dist/esm/testing.js'

vigie.init({ service: 'shop', outputs: [{ to: 'null' }] })
const log = vigie.getLogger('values')

/** The value of attribute `v` in the line, nested and at the top. */
async function shown(v) {
  const [top, nested] = await captured(vigie, () => {
    log.info('m', { v })
    log.info('m', { box: { v }, list: [v] })
  })
  assert.ok('box' in nested)
  assert.deepEqual(nested.box.v, top.v, 'nested as at the top')
  return top.v
}

class Money {
  #secret = 1
  constructor() {
    this.amount = 5
    this.currency = 'EUR'
  }
  get computed() { return this.#secret }
  toJSON() { throw new Error('not called') }
}

class Tag {
  #text = 'tagged'
  toString() { return this.#text }
}

function frozen(build) {
  return Object.freeze(build)
}

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const table = [
  ['text', 'a "quoted" \\ text', 'a "quoted" \\ text'],
  ['empty text', '', ''],
  ['line breaks and controls', 'a\r\n\u0000\u001b[31m\u2028\u202e', 'a\r\n\u0000\u001b[31m\u2028\u202e'],
  ['wide text', 'grüße 漢字 🎉', 'grüße 漢字 🎉'],
  ['lone surrogates', '\ud800a\udc00', '\ufffda\ufffd'],
  ['whole number', 7, 7],
  ['negative', -7, -7],
  ['minus zero', -0, 0],
  ['fraction', 0.1, 0.1],
  ['safe integer', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ['large', 1e300, 1e300],
  ['NaN', Number.NaN, 'NaN'],
  ['Infinity', Infinity, 'Infinity'],
  ['-Infinity', -Infinity, '-Infinity'],
  ['true', true, true],
  ['false', false, false],
  ['null', null, null],
  ['small BigInt', 42n, 42],
  ['BigInt beyond int64', 2n ** 64n, '18446744073709551616'],
  ['negative BigInt beyond int64', -(2n ** 70n), '-1180591620717411303424'],
  ['immense BigInt', 2n ** 100_000n, '[truncated]'],
  ['date', new Date('2026-01-02T03:04:05.678Z'), '2026-01-02T03:04:05.678000Z'],
  ['invalid date', new Date(Number.NaN), 'Invalid Date'],
  ['Buffer', Buffer.from('hello'), 'aGVsbG8='],
  ['empty Buffer', Buffer.alloc(0), ''],
  ['Uint8Array', new Uint8Array([1, 2, 3]), 'AQID'],
  ['Uint16Array', new Uint16Array([1]), 'AQA='],
  ['DataView', new DataView(new ArrayBuffer(2), 1), 'AA=='],
  ['ArrayBuffer', new ArrayBuffer(1), 'AA=='],
  ['array', [1, 'a', null, undefined, [true]], [1, 'a', null, null, [true]]],
  ['sparse array', [1, , 3], [1, null, 3]], // eslint-disable-line no-sparse-arrays
  ['object', { a: { b: [{}] }, u: undefined, n: null }, { a: { b: [{}] }, n: null }],
  ['object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ['frozen object', frozen({ a: 1 }), { a: 1 }],
  ['object of another realm', vm.runInNewContext('({a: [1], e: 2})'), { a: [1], e: 2 }],
  ['inherited properties', Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } }), { own: 2 }],
  ['hidden and symbol properties', Object.defineProperty({ a: 1, [Symbol('s')]: 2 }, 'hidden', { value: 3 }), { a: 1 }],
  ['Map', new Map([['a', 1], [2, 'b'], [null, 0], [Symbol('s'), [1]]]), { a: 1, 2: 'b', null: 0, 'Symbol(s)': [1] }],
  ['Set', new Set([1, 'a', 1]), [1, 'a']],
  ['class instance', new Money(), { amount: 5, currency: 'EUR' }],
  ['instance without properties, with text', new Tag(), 'tagged'],
  ['URL', new URL('http://a.example/b?c=d'), 'http://a.example/b?c=d'],
  ['RegExp', /a+/gi, '/a+/gi'],
  ['boxed', [Object('s'), Object(1), Object(true), Object(1n), Object(Symbol('x'))], ['s', 1, true, 1, 'Symbol(x)']],
  ['symbol', Symbol('here'), 'Symbol(here)'],
  ['function', function named() {}, '[Function: named]'],
  ['anonymous function', (() => () => {})(), '[Function]'],
  ['class', Money, '[Function: Money]'],
  ['promise', Promise.resolve(1), '[Promise]'],
  ['WeakMap', new WeakMap(), '[WeakMap]'],
  ['generator', (function* () { yield 1 })(), '[object]'],
  ['getter', { get a() { return 5 } }, { a: 5 }],
  ['getter of a container', { get a() { return { b: 1 } } }, { a: { b: 1 } }],
  ['throwing getter', { a: 1, get b() { throw new Error('no') }, c: 2 }, { a: 1, b: '[getter threw]', c: 2 }],
  ['setter alone', { set a(_) {}, b: 1 }, { b: 1 }],
  ['throwing toString', { __proto__: { toString() { throw new Error('no') } } }, '[Object]'],
  ['toString that gives no text', { __proto__: { toString: () => ({}) } }, '[Object]'],
  ['revoked proxy', revoked(), '[getter threw]'],
  ['proxy', new Proxy({ a: 1 }, {}), { a: 1 }],
  ['proxy around an array', new Proxy([1, 2], {}), [1, 2]],
  ['proxy that throws on get', new Proxy({ a: 1 }, { getOwnPropertyDescriptor() { throw new Error('no') } }), '[getter threw]'],
  ['proxy that throws on ownKeys', new Proxy({}, { ownKeys() { throw new Error('no') } }), '[getter threw]'],
  ['secret', { password: 'x', apiKey: 'y', input_tokens: 5 }, { password: '[redacted]', apiKey: '[redacted]', input_tokens: 5 }],
]

for (const [name, value, expected] of table) {
  test(name, async () => assert.deepEqual(await shown(value), expected))
}

test('an error as an attribute has the shape of the own one', async () => {
  const { type, message, stack, cause } = await shown(new TypeError('outer', { cause: new Error('inner') }))
  assert.deepEqual([type, message, cause.message], ['TypeError', 'outer', 'inner'])
  assert.match(stack, /^TypeError: outer\n/)
})

test('undefined is left out at the top', async () => {
  const [line] = await captured(vigie, () => log.info('m', { a: undefined, b: 1 }))
  assert.deepEqual(['a' in line, line.b], [false, 1])
})

test('cycles', async () => {
  const map = { n: 1 }
  map.self = map
  const list = [1]
  list.push(list)
  const shared = { s: 1 }
  assert.deepEqual(await shown(map), { n: 1, self: '[circular]' })
  assert.deepEqual(await shown(list), [1, '[circular]'])
  assert.deepEqual(await shown({ a: shared, b: shared }), { a: { s: 1 }, b: { s: 1 } })
  const error = new Error('self')
  error.cause = error
  const [line] = await captured(vigie, () => log.error('m', error))
  assert.equal(line.error.cause, undefined)
})

test('an accessor is read at most once, and not at all below the level', async () => {
  let reads = 0
  const attributes = { a: 1, get b() { return ++reads }, c: { get d() { return ++reads } } }
  log.debug('m', attributes)
  assert.equal(reads, 0)
  for (let i = 1; i <= 3; i++) {
    let before, line
    do {
      before = reads;
      [line] = await captured(vigie, () => log.info('m', attributes))
      // A busy machine may have taken the time that the second one had.
    } while (line.c.d === '[over budget]')
    assert.deepEqual([line.b, line.c.d, reads], [before + 1, before + 2, before + 2])
  }
  // The same names and kinds as plain data, before and behind.
  for (const plain of [true, false, true, false]) {
    const before = reads
    const value = plain ? { x: 1, y: 2 } : { x: 1, get y() { return ++reads } }
    await captured(vigie, () => log.info('m', value))
    assert.equal(reads, before + (plain ? 0 : 1))
  }
})

test('a throwing accessor costs no more than itself, also where plain data was seen before', async () => {
  const hostile = { x: 1, get y() { throw new Error('no') }, z: 3 }
  const found = await captured(vigie, () => {
    log.info('m', { x: 1, y: 2, z: 3 })
    log.info('m', hostile)
    log.info('m', { x: 1, y: 2, z: 3 })
  })
  assert.deepEqual(found.map(({ x, y, z }) => [x, y, z]), [[1, 2, 3], [1, '[getter threw]', 3], [1, 2, 3]])
})

test('slow accessors: the ones beyond the budget are not run', async () => {
  let reads = 0
  const slow = () => {
    reads++
    const until = performance.now() + 4
    while (performance.now() < until);
    return 1
  }
  const get = { enumerable: true, get: slow }
  const attributes = Object.defineProperties({}, { s1: get, s2: get, s3: get, s4: get })
  const [line] = await captured(vigie, () => log.info('m', { attributes }))
  assert.equal(reads, 1)
  assert.deepEqual(Object.values(line.attributes), [1, '[over budget]', '[over budget]', '[over budget]'])
  const [top] = await captured(vigie, () => log.info('m', attributes))
  assert.equal(reads, 2)
  assert.deepEqual([top.s1, top.s4], [1, '[over budget]'])
})

/** Takes longer than users' code of one record may. */
function dawdle() {
  const until = performance.now() + 4
  while (performance.now() < until);
}

test('behind slow code of users everything else is as ever', async () => {
  class Slow { get slow() { dawdle(); return 1 } }
  const slow = () => Object.defineProperty({}, 'slow', { enumerable: true, get: () => { dawdle(); return 1 } })
  class Coded extends Error { get message() { return 'by accessor' } }
  const rest = {
    url: new URL('http://a.example/b'), query: new URLSearchParams('a=1'), pattern: /a+/g, date: new Date(0), map: new Map([['k', 1]]), set: new Set([2]),
    failure: Object.assign(new TypeError('t', { cause: new Error('c') }), { code: 'E1' }), coded: new Coded(), aborted: new DOMException('stopped', 'AbortError'),
    bytes: Buffer.from('a'), big: 5n, data: { a: [1] }, boxed: Object('s'), text: new Tag(), proxy: new Proxy({ p: 1 }, {}),
  }
  const check = (line) => {
    assert.deepEqual([line.url, line.query, line.pattern, line.date], ['http://a.example/b', 'a=1', '/a+/g', '1970-01-01T00:00:00.000000Z'])
    assert.deepEqual([line.map, line.set, line.bytes, line.big, line.data, line.boxed], [{ k: 1 }, [2], 'YQ==', 5, { a: [1] }, 's'])
    assert.deepEqual([line.failure.type, line.failure.message, line.failure.cause.message, line.failure.attributes], ['TypeError', 't', 'c', { code: 'E1' }])
    assert.deepEqual([line.coded.type, line.coded.message], ['Coded', 'by accessor'])
    assert.deepEqual([line.aborted.type, line.aborted.message], ['AbortError', 'stopped'])
  }
  const found = await captured(vigie, () => {
    log.info('m', { box: { first: slow(), ...rest } })
    log.info('m', Object.defineProperty({ ...rest }, 'slow', { enumerable: true, get: () => { dawdle(); return 1 } }))
    log.info('{url} and {failure}', Object.assign(slow(), rest))
    log.bind({ box: { first: slow(), ...rest } }).info('bound')
    vigie.withContext({ box: { first: slow(), ...rest } }, () => log.info('ambient'))
    log.error('m', Object.assign(new Coded(), { slow: new Slow(), after: 1 }))
  })
  for (const line of [found[0].box, found[1], found[2], found[3].box, found[4].box]) check(line)
  // What users' code would say is not asked for any more, and says why.
  assert.deepEqual([found[0].box.text, found[0].box.proxy], ['[over budget]', '[over budget]'])
  assert.deepEqual([found[5].error.type, found[5].error.message, found[5].error.attributes.after], ['Coded', 'by accessor', 1])
})

test('time that passes outside of users\' code is not theirs', async () => {
  const { stdout, stderr } = await run(['--input-type=module', '-e', `
    const { performance } = await import('node:perf_hooks')
    const now = performance.now.bind(performance)
    let late = 0
    performance.now = () => now() + (late += 5)
    const vigie = await import(${JSON.stringify(esm)})
    vigie.init({ service: 'x', outputs: [{ to: 'console', stream: 'stdout' }] })
    const log = vigie.getLogger('x')
    for (let i = 0; i < 3; i++) log.info('m', { a: 1, url: new URL('http://a.example/'), get b() { return 2 }, failure: new Error('e') })
    await vigie.shutdown()`])
  assert.deepEqual(stdout.split('\n').filter(Boolean).map(JSON.parse).map(({ url, b, failure }) => [url, b, failure?.message]), Array(3).fill(['http://a.example/', 2, 'e']), stderr)
})

test('a record that is made while another one is made', async () => {
  const found = await captured(vigie, () => {
    log.info('outer', { get a() { log.info('inner', { b: 1 }); return 1 }, c: 2 })
    log.info('next', { c: 3 })
  })
  const of = (message) => found.find((line) => line.message === message)
  assert.deepEqual([of('outer').a, of('outer').c, of('inner').b, of('next').c], [1, 2, 1, 3])
})

test('attributes that are no plain object', async () => {
  const found = await captured(vigie, () => {
    log.info('m', new Money())
    log.info('m', new Proxy({ a: 1 }, {}))
    log.info('m', revoked())
    log.info('m', new Map([['a', 1]]))
    log.info('m', [1, 2])
    log.info('m', Object.create({ inherited: 1 }))
    log.info('m', 'text', null)
    log.info('m', null)
  })
  assert.equal(found.length, 8)
  assert.deepEqual([found[0].amount, found[1].a, found[4].args, 'inherited' in found[5]], [5, 1, [[1, 2]], false])
})

test('names that are reserved or long, and objects without end', async () => {
  const [line, many] = await captured(vigie, () => {
    log.info('m', { level: 'forged', timestamp: 'forged', __proto__x: 1, constructor: 2, ['k'.repeat(5000)]: 3 })
    log.info('m', Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i])))
  })
  assert.deepEqual([line.level, line.level_, line.timestamp_, line.constructor], ['INFO', 'forged', 'forged', 2])
  assert.ok(Object.keys(many).length < 150)
})

test('a __proto__ key of its own is an attribute', async () => {
  const hostile = JSON.parse('{"__proto__": 1, "a": 2}')
  const [line] = await captured(vigie, () => log.info('m', hostile))
  assert.equal(Object.getOwnPropertyDescriptor(line, '__proto__').value, 1)
})

test('a date is what the engine makes of it, with microseconds', async () => {
  for (const ms of [0, 1, -1, 999, 1_709_210_096_123, 9e12 - 1, 9e12, 9e12 + 1, 8.64e15, -8.64e15]) {
    const date = new Date(ms)
    assert.equal(await shown(date), `${date.toISOString().slice(0, -1)}000Z`)
  }
})

test('names made of data do not fill the memory of forms', async () => {
  const records = capture()
  for (let i = 0; i < 20_000; i++) log.info(`message ${i}`, { [`key${i}`]: i, a: 'x', nested: { n: i }, b: true })
  const { lines } = records
  records.stop()
  assert.equal(lines.length, 20_000)
  const last = checked(lines[19_999])
  assert.deepEqual([last.message, last.key19999, last.a, last.nested, last.b], ['message 19999', 19_999, 'x', { n: 19_999 }, true])
})

test('bombs end within time: depth, breadth, length', async () => {
  let deep = {}
  for (let i = 0; i < 100_000; i++) deep = { deep }
  const wide = Array.from({ length: 1_000_000 }, (_, i) => ({ i }))
  const long = 'x'.repeat(20_000_000)
  log.info('warm', { deep: { deep: {} }, wide: [{ i: 1 }], long: 'x' })
  const start = performance.now()
  const found = await captured(vigie, () => {
    log.info('m', { deep })
    log.info('m', { wide })
    log.info('m', { long })
    log.info(long)
  })
  const spent = performance.now() - start
  assert.equal(found.length, 4)
  assert.ok(spent < 30_000, `${spent} ms`)
  assert.ok(found[2].long.endsWith('[truncated]'))
  assert.ok(found[3].message.endsWith('[truncated]'))
})

test('an exhausted stack costs the record, not the program', async () => {
  const found = await captured(vigie, () => {
    const dive = () => {
      log.info('deep', { a: { b: [1] } })
      dive()
    }
    assert.throws(dive, RangeError)
    log.info('after', { a: 1 })
  })
  assert.equal(found.at(-1).message, 'after')
})

test('bound and ambient values are as they were when they were given', async () => {
  const mutable = { n: 1, list: [1] }
  const child = log.bind({ mutable })
  const found = await captured(vigie, () => vigie.withContext({ ambient: mutable }, () => {
    const span = vigie.startSpan('s', { attributes: { mutable } }).addEvent('e', mutable)
    mutable.n = 2
    mutable.list.push(2)
    child.info('m')
    span.end()
  }))
  const before = { n: 1, list: [1] }
  assert.deepEqual([found[0].mutable, found[0].ambient, found[1].attributes.mutable, found[1].events[0].attributes], [before, before, before, before])
})

test('labels are not cut by time', () => {
  vigie.counter('timed_total').add(1, Object.defineProperty({ url: new URL('http://a.example/') }, 'slow', { enumerable: true, get: () => { dawdle(); return 1 } }))
  assert.match(vigie.metricsText(), /^timed_total\{slow="1",url="http:\/\/a.example\/"\} 1$/m)
})
