// Levels that change while the program runs, and records that are left out.
import assert from 'node:assert/strict'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import * as vigie from '../dist/esm/index.js'
import { captured, linesOf, run, scratch } from './helper.mjs'

const settings = { service: 'shop', level: 'info', outputs: [{ to: 'null' }] }
vigie.init(settings)

const messages = async (...names) => {
  const lines = await captured(vigie, () => {
    for (const name of names) for (const level of ['debug', 'info', 'error']) vigie.getLogger(name)[level](`${name} ${level}`)
  })
  return lines.map((line) => line.message)
}

test('setLevel: of all loggers, of one and those below it, and back', async () => {
  vigie.setLevel('error')
  vigie.setLevel(20, 'shop.cart')
  assert.deepEqual(await messages('a', 'shop.cart.items'), ['a error', 'shop.cart.items debug', 'shop.cart.items info', 'shop.cart.items error'])
  assert.equal(vigie.getLogger('shop.cart').isEnabled('debug'), true)
  vigie.setLevel(null)
  vigie.setLevel(null, 'shop.cart')
  assert.deepEqual(await messages('a', 'shop.cart'), ['a info', 'a error', 'shop.cart info', 'shop.cart error'])
})

test('what is no level is refused', () => {
  for (const level of ['loud', '', {}, undefined, Number.NaN, -1]) {
    assert.throws(() => vigie.setLevel(level), { name: 'ConfigError', code: 'VIGIE_CONFIG', message: /^level: .*accepted: trace, debug, info/ })
  }
})

test('a record that was made before the level changed is written', async () => {
  const lines = await captured(vigie, () => {
    vigie.getLogger('a').info('made before')
    vigie.setLevel('error')
  })
  vigie.setLevel(null)
  assert.deepEqual(lines.map((line) => line.message), ['made before'])
  assert.ok(vigie.stats().outputs.every((output) => Object.keys(output.dropped).length === 0))
})

test('what is left out is counted, and the books balance', async (t) => {
  const path = join(scratch(t), 'out.jsonl')
  const logs = { info: 0, per_second: { first: 1, then_one_in: 3 }, fold: '1h', trail: { level: 'debug' } }
  vigie.reconfigure({ ...settings, outputs: [{ to: 'file', path }], sample: { logs } })
  const before = vigie.stats().left_out_logs
  const log = vigie.getLogger('a')
  for (let n = 0; n < 4; n++) {
    log.info('i')
    log.warn('w', { n })
    log.error('e')
    log.debug('outside of a trace')
  }
  vigie.span('root', {}, (span) => {
    log.debug('detail')
    span.setStatus('error', 'no stock')
  })
  assert.ok(await vigie.flush())
  const after = vigie.stats()
  const [output] = after.outputs
  assert.deepEqual(Object.fromEntries(Object.entries(after.left_out_logs).map(([rule, count]) => [rule, count - before[rule]])), { share: 4, per_second: 2, fold: 3, trail: 0 })
  const written = linesOf(path)
  assert.deepEqual([output.accepted, output.delivered], [written.length, written.length])
  const told = written.filter((line) => line.kind === undefined).map((line) => [line.message, line.sample_weight])
  assert.deepEqual(told, [['w', undefined], ['e', undefined], ['w', 3], ['detail', undefined], ['e (repeated 3 times)', 3]])
  vigie.reconfigure(settings)
})

test('a control folder is followed by threads that record nothing', async (t) => {
  const folder = scratch(t)
  const control = join(folder, 'control')
  mkdirSync(control, { mode: 0o700 })
  const path = join(folder, 'out.jsonl')
  const ended = run(['level_changes.mjs', path, control])
  await wait(500)
  writeFileSync(join(control, 'new'), JSON.stringify({ levels: [{ logger: 'shop', level: 'debug' }] }), { mode: 0o644 })
  renameSync(join(control, 'new'), join(control, 'levels.json'))
  const { code, stderr } = await ended
  assert.deepEqual([code, stderr], [0, ''])
  assert.deepEqual(linesOf(path).map((line) => line.message).sort(), ['seen by main', 'seen by worker'])
})

test('a level that one thread sets is seen by the others', async (t) => {
  const path = join(scratch(t), 'out.jsonl')
  const { code, stderr } = await run(['level_changes.mjs', path])
  assert.deepEqual([code, stderr], [0, ''])
  assert.deepEqual(linesOf(path).map((line) => line.message).sort(), ['seen by main', 'seen by worker'])
})
