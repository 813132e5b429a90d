// Rates, baselines, seasons, and windows of maintenance.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'

const part = createRequire(new URL('../build/lib/alert/', import.meta.url))
const { judge, slotOf } = part('./baseline.js')
const { read } = part('./condition.js')
const { localTime } = part('./local_time.js')
const { keyOf, MOST_ALERTS, Store } = part('./store.js')
const { isInWindow } = part('./window.js')

const at = (text) => Date.parse(text)

test('each comparison is what its name says', () => {
  const breached = (comparison, value) => read({ kind: 'threshold', comparison, threshold: 5 }, {}, value, 0, 'UTC').isBreached
  const table = { above: [false, false, true], aboveOrEqual: [false, true, true], below: [true, false, false], belowOrEqual: [true, true, false] }
  for (const [comparison, expected] of Object.entries({ ...table, equal: [false, true, false], notEqual: [true, false, true] })) {
    assert.deepEqual([4, 5, 6].map((value) => breached(comparison, value)), expected, comparison)
  }
})

test('a rate needs two values, and a counter may begin anew', () => {
  const rule = { kind: 'rate', comparison: 'above', threshold: 5, per_seconds: 60, is_counter: true }
  const first = read(rule, {}, 100, 0, 'UTC')
  assert.equal(first.isBreached, undefined)
  const second = read(rule, first.memory, 103, 30_000, 'UTC')
  assert.deepEqual([second.compared, second.isBreached], [6, true])
  const restarted = read(rule, second.memory, 2, 60_000, 'UTC')
  assert.deepEqual([restarted.compared, restarted.isBreached], [4, false])
  assert.equal(read({ ...rule, is_counter: false }, second.memory, 2, 60_000, 'UTC').compared, -202)
})

const RULE = { kind: 'anomaly', deviations: 3, direction: 'both', weight: 0.1, warmup: 20, season: 'none', minimum_deviation: 0 }

function learn(rule, values) {
  let usual
  for (const value of values) usual = judge(rule, usual, value).learned
  return usual
}

const WAVE = Array.from({ length: 60 }, (_, index) => 100 + (index % 2 === 0 ? 5 : -5))

test('it learns before it judges, then knows an outlier', () => {
  assert.equal(judge(RULE, learn(RULE, WAVE.slice(0, 19)), 1000).isBreached, undefined)
  const usual = learn(RULE, WAVE)
  assert.ok(Math.abs(usual.mean - 100) < 3 && Math.abs(Math.sqrt(usual.variance) - 5) < 1, JSON.stringify(usual))
  assert.equal(judge(RULE, usual, 105).isBreached, false)
  assert.deepEqual([130, 70].map((value) => judge(RULE, usual, value).isBreached), [true, true])
  const one = (direction, value) => judge({ ...RULE, direction }, usual, value).isBreached
  assert.deepEqual([one('above', 130), one('above', 70), one('below', 130), one('below', 70)], [true, false, false, true])
  assert.equal(judge({ ...RULE, minimum_deviation: 50 }, usual, 130).isBreached, false)
})

test('one outlier does not make the next one usual, a new level does', () => {
  let usual = learn(RULE, WAVE)
  usual = judge(RULE, usual, 1e6).learned
  assert.equal(judge(RULE, usual, 1e6).isBreached, true)
  const steps = Array.from({ length: 200 }, () => {
    const { isBreached, learned } = judge(RULE, usual, 300)
    usual = learned
    return isBreached
  })
  assert.deepEqual([steps[0], steps.at(-1)], [true, false])
})

test('where nothing ever moved, any move is an anomaly, and is learned', () => {
  let usual = learn(RULE, Array(30).fill(7))
  assert.equal(judge(RULE, usual, 7).isBreached, false)
  const moved = judge(RULE, usual, 8)
  assert.equal(moved.isBreached, true)
  for (let turn = 0; turn < 100; turn++) usual = judge(RULE, usual, 8).learned
  assert.equal(judge(RULE, usual, 8).isBreached, false)
})

test('of any values: the mean lies among them, and the variance is none below zero', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 100 }), (values) => {
      const { mean, variance, count } = learn(RULE, values)
      const slack = 1e-6
      assert.ok(mean >= Math.min(...values) - slack && mean <= Math.max(...values) + slack)
      assert.ok(variance >= 0)
      assert.equal(count, values.length)
    }),
  )
})

test('each hour of a season has its own usual value', () => {
  const rule = { ...RULE, season: 'day', warmup: 5 }
  let memory = {}
  for (let day = 1; day <= 20; day++) {
    const date = `2026-11-${String(day).padStart(2, '0')}`
    memory = read(rule, memory, 1000 + day, at(`${date}T12:10:00Z`), 'UTC').memory
    memory = read(rule, memory, 10 + (day % 3), at(`${date}T03:10:00Z`), 'UTC').memory
  }
  assert.equal(read(rule, memory, 1000, at('2026-11-21T03:30:00Z'), 'UTC').isBreached, true)
  assert.equal(read(rule, memory, 1021, at('2026-11-21T12:30:00Z'), 'UTC').isBreached, false)
  assert.equal(read(rule, memory, 1021, at('2026-11-21T13:30:00Z'), 'UTC').isBreached, undefined)
})

test('slots are those of the time zone', () => {
  // A Sunday, 23:30 in Berlin.
  const moment = at('2026-11-29T22:30:00Z')
  assert.deepEqual([slotOf('none', moment, 'UTC'), slotOf('day', moment, 'Europe/Berlin'), slotOf('week', moment, 'Europe/Berlin')], [0, 23, 23])
  assert.equal(slotOf('week', moment + 3_600_000, 'Europe/Berlin'), 24)
  assert.equal(localTime(moment, 'Europe/Berlin').text, '2026-11-29T23:30:00')
  assert.throws(() => localTime(0, 'Nowhere/City'), RangeError)
})

test('a window once: with an offset, or in the time zone of the workflow', () => {
  const window = { kind: 'once', start: '2026-11-29T10:00:00', end: '2026-11-29T12:00' }
  const inside = (moment, zone = 'Europe/Berlin') => isInWindow([window], at(moment), zone)
  assert.deepEqual(['08:59:59', '09:00:00', '10:59:59', '11:00:00'].map((time) => inside(`2026-11-29T${time}Z`)), [false, true, true, false])
  const fixed = { ...window, start: '2026-11-29T10:00:00Z', end: '2026-11-29T12:00:00+01:00' }
  assert.deepEqual(['09:59:59', '10:59:59', '11:00:00'].map((time) => isInWindow([fixed], at(`2026-11-29T${time}Z`), 'UTC')), [false, true, false])
  const days = { ...window, start: '2026-11-29', end: '2026-11-30' }
  assert.deepEqual(['2026-11-29T00:00:00Z', '2026-11-30T00:00:00Z'].map((moment) => isInWindow([days], at(moment), 'UTC')), [true, false])
  assert.throws(() => isInWindow([{ ...window, start: 'noon' }], 0, 'UTC'), RangeError)
})

test('a window every week, past midnight too', () => {
  const window = { kind: 'weekly', days: [6], from: '22:00', to: '06:00' }
  const inside = (moment, days = window.days) => isInWindow([{ ...window, days }], at(moment), 'UTC')
  // 2026-11-28 is a Saturday.
  const moments = ['2026-11-28T21:59:00Z', '2026-11-28T22:00:00Z', '2026-11-29T05:59:00Z', '2026-11-29T06:00:00Z', '2026-11-29T22:00:00Z']
  assert.deepEqual(moments.map((moment) => inside(moment)), [false, true, true, false, false])
  assert.deepEqual(moments.map((moment) => inside(moment, [])), [false, true, true, false, true])
  assert.equal(isInWindow([{ kind: 'weekly', days: [], from: '9:00', to: '17:00' }], at('2026-11-29T12:00:00Z'), 'UTC'), true)
  assert.throws(() => isInWindow([{ ...window, to: '25:00' }], 0, 'UTC'), RangeError)
})

test('the store keeps what fires, and forgets what was seen the longest ago', () => {
  const data = {}
  const store = new Store(data)
  for (let index = 0; index < MOST_ALERTS; index++) {
    const phase = index === 0 ? 'firing' : 'ok'
    assert.equal(store.set(`k${index}`, { phase, since: 0, seen: index, memory: {} }), undefined)
  }
  assert.equal(new Store(data).set('new', { phase: 'ok', since: 0, seen: 1e6, memory: {} }), 'k1')
  assert.deepEqual([store.get('k0')?.phase, store.get('k1'), store.get('constructor')], ['firing', undefined, undefined])
  assert.equal(store.set('k2', { phase: 'ok', since: 0, seen: 5, memory: {} }), undefined)
  assert.equal(Object.keys(data.vigie_alerts).length, MOST_ALERTS)
  assert.deepEqual([keyOf('a', ''), keyOf('a', 'b')], ['a', 'a:b'])
})
