// What nobody catches is recorded, and ends the program as it would without.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { linesOf, run, scratch } from './helper.mjs'

/** What a program does, what is recorded of it, and how Node is told to treat rejections. */
const CASES = [
  ['an error', "setTimeout(() => { throw new RangeError('no stock') })", [['FATAL', 'uncaught exception', 'RangeError']]],
  ['what is no error', "setTimeout(() => { throw 'text' })", [['FATAL', 'uncaught exception', 'string']]],
  ['a rejection', "Promise.reject(new RangeError('no stock'))", [['FATAL', 'unhandled rejection', 'RangeError']]],
  ['a rejection with nothing', 'Promise.reject(undefined)', [['FATAL', 'unhandled rejection', 'UnhandledPromiseRejection']]],
  ['a rejection that is handled in time', "const p = Promise.reject(new Error('a')); p.catch(() => {})", []],
  ['a rejection that a listener takes', "process.on('unhandledRejection', () => {}); Promise.reject(new RangeError('no stock'))", [['ERROR', 'unhandled rejection', 'RangeError']]],
  ['one that was there before', "vigie.getLogger('a').debug('begins'); process.once('unhandledRejection', () => {}); Promise.reject(new RangeError('no stock'))", [['ERROR', 'unhandled rejection', 'RangeError']]],
  ['a listener that ends the program', "process.on('unhandledRejection', () => process.exit(7)); Promise.reject(new RangeError('no stock'))", [['ERROR', 'unhandled rejection', 'RangeError']]],
  ['a listener that is gone', "const f = () => {}; process.on('unhandledRejection', f); process.off('unhandledRejection', f); Promise.reject(new RangeError('no stock'))", [['FATAL', 'unhandled rejection', 'RangeError']]],
  ['all listeners are gone', "process.on('unhandledRejection', () => {}); process.removeAllListeners('unhandledRejection'); Promise.reject(new RangeError('no stock'))", [['FATAL', 'unhandled rejection', 'RangeError']]],
  ['an error that a listener takes', "process.on('uncaughtException', () => {}); setTimeout(() => { throw new RangeError('no stock') })", [['FATAL', 'uncaught exception', 'RangeError']]],
  ['rejections that are to be strict', "Promise.reject(new RangeError('no stock'))", [['FATAL', 'unhandled rejection', 'RangeError']], ['--unhandled-rejections=strict']],
]

for (const [what, code, expected, flags = []] of CASES) {
  test(what, async (t) => {
    const path = join(scratch(t), 'out.jsonl')
    const program = (begins) => `import * as vigie from 'vigie'\n${begins}\n${code}\n`
    const config = JSON.stringify({ service: 'shop', outputs: [{ to: 'file', path }] })
    const with_ = await run([...flags, '--input-type=module', '-e', program(`vigie.init(${config}); vigie.getLogger('a').info('begins')`)])
    const without = await run([...flags, '--input-type=module', '-e', program("vigie.init; globalThis.none = 1").replace("vigie.getLogger('a').debug('begins'); ", '')])
    const clean = (text) => text.replace(/\[eval1\]:\d+/g, '[eval1]').replace(/:\d+:\d+/g, '').replace(/^.*\[eval1\].*$/gm, '')
    assert.deepEqual([with_.code, with_.signal, clean(with_.stderr)], [without.code, without.signal, clean(without.stderr)])
    const lines = linesOf(path).filter(({ message }) => message !== 'begins')
    assert.deepEqual(lines.map(({ level, message, error }) => [level, message, error?.type]), expected)
  })
}
