// What the arguments of a logging call mean, whatever stands where, and what a line tells of errors.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as vigie from '../dist/esm/index.js'
import { captured } from './helper.mjs'

vigie.init({ service: 'shop', outputs: [{ to: 'null' }] })
const log = vigie.getLogger('args')

/** What a call says: message, template, error without stacks, and attributes. */
async function said(...given) {
  const [level, ...rest] = given
  const [line] = await captured(vigie, () => log[level](...rest))
  const { timestamp, level: _, logger, service, host, pid, message, template, error, ...attributes } = line
  const bare = (found) => {
    if (found === undefined) return undefined
    const { stack, ...others } = found
    if (others.cause) others.cause = bare(others.cause)
    if (others.errors) others.errors = others.errors.map(bare)
    return others
  }
  return { message, ...(template === undefined ? {} : { template }), ...(error === undefined ? {} : { error: bare(error) }), ...attributes }
}

const e = new RangeError('low')
const error = { type: 'RangeError', message: 'low' }
const table = [
  [['info', 'got', 'text'], { message: 'got', args: ['text'] }],
  [['info', 'user %s', 5], { message: 'user %s', args: [5] }],
  [['error', 'user %s', 'x'], { message: 'user %s', args: ['x'] }],
  [['info', 'got', 'text', { a: 1 }], { message: 'got', args: ['text'], a: 1 }],
  [['error', 'got', 'thrown', { a: 1 }], { message: 'got', error: { type: 'string', message: 'thrown' }, a: 1 }],
  [['info', 'm', { a: 1 }, 'x', 5], { message: 'm', a: 1, args: ['x', 5] }],
  [['info', 'm', { args: 1, b: 2 }, 'x'], { message: 'm', args: ['x'], b: 2 }],
  [['info', 'm', 'x', e], { message: 'm', error, args: ['x'] }],
  [['info', 'm', { a: 1 }, e], { message: 'm', error, a: 1 }],
  [['error', 'm', { code: 5, a: 0 }, { a: 1 }], { message: 'm', code: 5, a: 1 }],
  [['error', 'm', e, { a: 1 }, { b: 2 }], { message: 'm', error, a: 1, args: [{ b: 2 }] }],
  [['error', 'm', e, e], { message: 'm', error, args: [{ ...error, stack: e.stack }] }],
  [['error', 'm', undefined, { a: 1 }], { message: 'm', a: 1 }],
  [['error', 'm', null, null, undefined], { message: 'm' }],
  [['info', 'm', undefined, undefined, 0], { message: 'm', args: [0] }],
  [['info', 'at', [1, 2]], { message: 'at', args: [[1, 2]] }],
  [['info', 'at', new Date(0), new Map([['k', 1]])], { message: 'at', args: ['1970-01-01T00:00:00.000000Z', { k: 1 }] }],
  [['info', 'at', new URL('http://a.example/')], { message: 'at', args: ['http://a.example/'] }],
  [['info', 'f', () => 1], { message: 'f', args: ['[Function]'] }],
  [['info', { a: 1 }, '{a} is it'], { message: '1 is it', template: '{a} is it', a: 1 }],
  [['info', { a: 1 }, 'm', 'x', { b: 2 }], { message: 'm', a: 1, args: ['x', { b: 2 }] }],
  [['info', e, 'm'], { message: 'm', error }],
  [['error', e, 'm', { a: 1 }], { message: 'm', error, a: 1 }],
  [['error', e], { message: 'low', error }],
  [['error', e, { a: 1 }], { message: 'low', error, a: 1 }],
  [['error', new TypeError('{a}'), { a: 1 }], { message: '{a}', error: { type: 'TypeError', message: '{a}' }, a: 1 }],
  [['error', new TypeError()], { message: 'TypeError', error: { type: 'TypeError' } }],
  [['info', { a: 1 }], { message: '', a: 1 }],
  [['info', 5, { a: 1 }], { message: '5', a: 1 }],
  [['info'], { message: 'undefined' }],
]

for (const [given, expected] of table) {
  test(`log.${given[0]}(${given.slice(1).map((one) => (typeof one === 'object' && one !== null ? one.constructor.name : String(one))).join(', ')})`, async () => {
    assert.deepEqual(await said(...given), expected)
  })
}

test('at a level that is given, and at the first use, they mean the same', async () => {
  const found = await captured(vigie, () => {
    log.log('info', 'm', { a: 1 }, 'x', 5)
    log.log('error', e)
    log.bind({ b: 1 }).info('m', 'x')
  })
  assert.deepEqual([found[0].args, found[1].error.message, found[1].message, found[2].args, found[2].b], [['x', 5], 'low', 'low', ['x'], 1])
})

test('an aggregate has members, which have causes and members', async () => {
  const inner = new AggregateError([new Error('deep'), 'text', { code: 7 }], 'inner')
  const failure = await Promise.any([Promise.reject(new TypeError('a', { cause: new Error('c') })), Promise.reject(inner)]).catch((caught) => caught)
  const found = await said('error', 'm', failure)
  assert.deepEqual(found.error, {
    type: 'AggregateError', message: 'All promises were rejected',
    errors: [
      { type: 'TypeError', message: 'a', cause: { type: 'Error', message: 'c' } },
      { type: 'AggregateError', message: 'inner', errors: [{ type: 'Error', message: 'deep' }, { type: 'string', message: 'text' }, { type: 'object', attributes: { code: 7 } }] },
    ],
  })
})

test('own data of an error, whatever it is called, and an object as its cause', async () => {
  class HttpError extends Error {
    constructor() {
      super('refused', { cause: { code: 5, message: 'said the server', password: 'x' } })
      Object.assign(this, { code: 'ECONNREFUSED', status: 502, type: 'late', headers: { authorization: 'x', a: [1] }, errors: ['no errors'], nothing: undefined, retry() {} })
      Object.defineProperty(this, 'computed', { enumerable: true, get() { return 1 } })
    }
  }
  const { error: found } = await said('error', new HttpError())
  assert.deepEqual(found, {
    type: 'HttpError', message: 'refused',
    cause: { type: 'object', message: 'said the server', attributes: { code: 5, password: '[redacted]' } },
    attributes: { code: 'ECONNREFUSED', status: 502, type: 'late', headers: { authorization: '[redacted]', a: [1] }, errors: ['no errors'] },
  })
})

test('errors that belong to each other, many and deep', async () => {
  const cause = new Error('cause')
  cause.cause = cause
  assert.equal((await said('error', 'm', cause)).error.cause, undefined)
  const around = new AggregateError([], 'around')
  around.errors.push(new Error('m', { cause: around }), around)
  assert.deepEqual((await said('error', 'm', around)).error.errors, [{ type: 'Error', message: 'm' }])
  const wide = (levels) => new AggregateError(levels === 0 ? [] : Array.from({ length: 9 }, () => wide(levels - 1)), `${levels}`)
  const before = vigie.stats().truncated
  const text = JSON.stringify((await said('error', 'm', wide(3))).error)
  assert.equal(text.match(/"type"/g).length, 64)
  assert.ok(vigie.stats().truncated > before)
  let deep = new Error('0')
  for (let i = 1; i < 20; i++) deep = new Error(`${i}`, { cause: deep })
  assert.equal(JSON.stringify((await said('error', 'm', deep)).error).match(/"cause"/g).length, 8)
})

test('an error among attributes has its members and data too', async () => {
  const [line] = await captured(vigie, () => log.info('m', { failure: Object.assign(new AggregateError([new Error('a')], 'm'), { code: 5 }) }))
  assert.deepEqual([line.failure.errors[0].message, line.failure.attributes], ['a', { code: 5 }])
})

test('what is thrown through a span tells its class', async () => {
  const found = await captured(vigie, () => {
    try {
      vigie.span('s', () => { throw { code: 5, message: 'plain' } })
    } catch {}
  })
  assert.deepEqual([found[0].status_message, found[0].events[0].attributes['exception.message']], ['object: plain', 'plain'])
})
