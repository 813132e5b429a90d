// `captureConsole`: what a program writes to its console is recorded.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import * as vigie from '../dist/esm/index.js'
import { captured, linesOf, run, scratch } from './helper.mjs'

vigie.init({ service: 'console', outputs: [{ to: 'null' }] })

/** The records of `work`, without what every line has, while the console is captured. */
const recorded = async (work, options) => {
  const end = vigie.captureConsole(options)
  try {
    const all = await captured(vigie, work)
    return all.map(({ timestamp, service, host, pid, ...rest }) => rest)
  } finally {
    end()
  }
}

const circular = { name: 'a' }
circular.self = circular

/** What is written, and what stands in the line beside level and logger. */
const CASES = [
  ['a text', () => console.log('hello'), { message: 'hello' }],
  ['nothing', () => console.log(), { message: '' }],
  ['a text with a sign of per cent', () => console.log('100%'), { message: '100%' }],
  ['braces are no holes', () => console.log('{a}', { a: 1 }), { message: '{a} { a: 1 }', args: [{ a: 1 }] }],
  ['texts', () => console.log('listening on', 3000), { message: 'listening on 3000', args: [3000] }],
  ['places that are filled', () => console.log('%s has %d of %i, %f', 'u', 3, 4.5, 1.5), { message: 'u has 3 of 4, 1.5', template: '%s has %d of %i, %f', args: ['u', 3, 4.5, 1.5] }],
  ['%o, %O, %j and %%', () => console.log('%j %O 5%%', { a: 1 }, { b: 2 }), { message: '{"a":1} { b: 2 } 5%', template: '%j %O 5%%', args: [{ a: 1 }, { b: 2 }] }],
  ['%c', () => console.log('%cred', 'color: red'), { message: 'red', template: '%cred', args: ['color: red'] }],
  ['too few values', () => console.log('%s and %s', 'a'), { message: 'a and %s', template: '%s and %s', args: ['a'] }],
  ['too many values', () => console.log('%s', 'a', 'b', 5), { message: 'a b 5', template: '%s', args: ['a', 'b', 5] }],
  ['an object alone', () => console.log({ a: { b: 1 } }), { message: '{ a: { b: 1 } }' }],
  ['a cycle', () => console.log('c', circular), { message: 'c <ref *1> { name: \'a\', self: [Circular *1] }', args: [{ name: 'a', self: '[circular]' }] }],
  ['a BigInt', () => console.log('%d', 10n), { message: '10n', template: '%d', args: [10] }],
  ['info', () => console.info('m'), { message: 'm' }],
  ['warn', () => console.warn('m'), { level: 'WARN', message: 'm' }],
  ['error', () => console.error('m'), { level: 'ERROR', message: 'm' }],
  ['debug', () => console.debug('m'), { level: 'DEBUG', message: 'm' }],
  ['an assertion', () => console.assert(false, 'so %s', 'x'), { level: 'WARN', message: 'Assertion failed: so x', template: 'Assertion failed: so %s', args: ['x'] }],
  ['a count', () => console.count('a'), { message: 'a: 1' }],
]

for (const [what, work, expected] of CASES) {
  test(what, async () => {
    assert.deepEqual(await recorded(work), [{ level: 'INFO', logger: 'console', ...expected }])
  })
}

test('an error is told as one, and not in the message too', async () => {
  const error = new TypeError('no stock', { cause: new Error('inner') })
  const lines = await recorded(() => {
    console.error('failed:', error, { a: 1 })
    console.error(error)
    console.warn('%s!', error)
  })
  assert.deepEqual(lines.map(({ message }) => message), ['failed: TypeError: no stock { a: 1 }', 'TypeError: no stock', 'TypeError: no stock!'])
  for (const { error: told } of lines) assert.deepEqual([told.type, told.message, told.cause.message], ['TypeError', 'no stock', 'inner'])
  assert.deepEqual(lines[0].args, [{ a: 1 }])
})

test('console.trace says where', async () => {
  const [line] = await recorded(function here() { console.trace('at %s', 'x') })
  assert.deepEqual([line.level, line.message], ['TRACE', 'at x'])
  assert.match(line['code.stacktrace'], /^ {4}at here \(.*console\.test\.mjs/)
})

test('what is shown may write itself, and code that throws does no harm', async () => {
  const loud = { [inspect.custom]() { console.error('while it is shown'); return 'loud' } }
  const bad = { [inspect.custom]() { throw new Error('no') } }
  const lines = await recorded(() => {
    console.log(loud)
    try { console.log(bad) } catch { /* The console of Node throws here, too. */ }
    console.log('after')
  })
  assert.deepEqual(lines.map(({ message }) => message), ['loud', 'after'])
})

test('it stands in the context of its call, and ends', async () => {
  const lines = await recorded(() => vigie.withContext({ user_id: 'u' }, () => console.log('m')))
  assert.equal(lines[0].user_id, 'u')
  const before = console.log
  const end = vigie.captureConsole()
  const second = vigie.captureConsole()
  const twice = await captured(vigie, () => console.log('once'))
  assert.equal(twice.length, 1)
  second()
  end()
  end()
  assert.equal(console.log, before)
  const ours = vigie.captureConsole()
  const theirs = () => {}
  console.log = theirs
  ours()
  assert.equal(console.log, theirs)
  console.log = before
})

for (const [options, expected] of [['', ''], ['keep', 'to the terminal 1\n']]) {
  test(`the terminal: ${options || 'nothing is written twice'}`, async (t) => {
    const path = join(scratch(t), 'out.jsonl')
    const { stdout, stderr, code } = await run(['console.mjs', path, options])
    assert.deepEqual([stdout, stderr, code], [expected, '', 0])
    assert.deepEqual(linesOf(path).map(({ message, logger }) => [message, logger]), [['to the terminal 1', 'console']])
  })
}

test('Vigie\'s own output to the terminal is not captured', async () => {
  const { stdout, stderr } = await run(['console.mjs', '-', ''])
  assert.equal(stdout, '')
  assert.equal(stderr.trim().split('\n').length, 1)
  assert.equal(JSON.parse(stderr).message, 'to the terminal 1')
})
