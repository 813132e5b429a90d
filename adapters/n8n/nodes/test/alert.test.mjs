// The alert's life, step by step, and what holds of any sequence of values.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'

const part = createRequire(new URL('../build/lib/alert/', import.meta.url))
const { answer } = part('./answers.js')
const { fresh, step } = part('./machine.js')

const ABOVE_10 = { condition: { kind: 'threshold', comparison: 'above', threshold: 10 }, for_ms: 0, repeat_ms: 0 }

/** Steps through values a second apart; a step may be an answer instead. */
function run(rule, steps, start = 0) {
  let state = fresh(start)
  const told = []
  steps.forEach((given, index) => {
    const at = start + (index + 1) * 1000
    if (typeof given === 'object' && given !== null && 'action' in given) {
      state = answer(state, given, at).state ?? state
      return
    }
    const { value = given, is_maintenance = false } = typeof given === 'object' && given !== null ? given : {}
    const stepped = step(state, rule, { value: value ?? undefined, at, zone: 'UTC', is_maintenance })
    state = stepped.state
    told.push([stepped.output, stepped.reason].filter((part) => part !== undefined).join(' '))
  })
  return { told, state }
}

test('it fires once, is unchanged, and is resolved once', () => {
  assert.deepEqual(run(ABOVE_10, [1, 11, 12, 10, 9, 11]).told, ['unchanged', 'firing', 'unchanged', 'resolved', 'unchanged', 'firing'])
})

test('it waits for its duration, from the first breach on', () => {
  const rule = { ...ABOVE_10, for_ms: 2000 }
  assert.deepEqual(run(rule, [11, 11, 9, 11, 11, 11, 11, 9]).told, [
    'unchanged',
    'unchanged',
    'unchanged',
    'unchanged',
    'unchanged',
    'firing',
    'unchanged',
    'resolved',
  ])
})

test('what never fired is not resolved', () => {
  assert.deepEqual(run({ ...ABOVE_10, for_ms: 5000 }, [11, 11, 9]).told, ['unchanged', 'unchanged', 'unchanged'])
})

test('without a value nothing is known', () => {
  const { told } = run({ ...ABOVE_10, for_ms: 2000 }, [11, null, Number.NaN, 11, null, 9])
  assert.deepEqual(told, ['unchanged', 'unchanged no value', 'unchanged no value', 'firing', 'unchanged no value', 'resolved'])
})

test('a value that comes late changes nothing', () => {
  const { state } = run(ABOVE_10, [1, 2])
  const late = step(state, ABOVE_10, { value: 50, at: 2000, zone: 'UTC', is_maintenance: false })
  assert.deepEqual([late.output, late.reason, late.state], ['unchanged', 'late', state])
})

test('a silence holds the firing until it is over, and not the end', () => {
  const silence = { action: 'silence', by: 'a', note: '', for_ms: 2500 }
  assert.deepEqual(run(ABOVE_10, [silence, 11, 11, 11]).told, ['unchanged silenced', 'unchanged silenced', 'firing'])
  assert.deepEqual(run(ABOVE_10, [11, silence, 9, 11, 11]).told, ['firing', 'resolved', 'unchanged silenced', 'firing'])
  assert.deepEqual(run(ABOVE_10, [silence, 11, { action: 'unsilence' }, 11]).told, ['unchanged silenced', 'firing'])
})

test('what fails in a maintenance window is told at its end, if it still fails', () => {
  const during = (value) => ({ value, is_maintenance: true })
  assert.deepEqual(run(ABOVE_10, [during(11), during(11), 11]).told, ['unchanged maintenance', 'unchanged maintenance', 'firing'])
  assert.deepEqual(run(ABOVE_10, [during(11), during(9), 9]).told, ['unchanged maintenance', 'unchanged', 'unchanged'])
  assert.deepEqual(run(ABOVE_10, [11, during(9)]).told, ['firing', 'resolved'])
})

test('it is repeated until somebody acknowledges it, and the next time again', () => {
  const rule = { ...ABOVE_10, repeat_ms: 2000 }
  const acknowledge = { action: 'acknowledge', by: 'a', note: 'on it' }
  assert.deepEqual(run(rule, [11, 11, 11, 11, 11]).told, ['firing', 'unchanged', 'firing', 'unchanged', 'firing'])
  assert.deepEqual(run(rule, [11, acknowledge, 11, 11, 11]).told, ['firing', 'unchanged', 'unchanged', 'unchanged'])
  assert.deepEqual(run(rule, [11, acknowledge, 11, { action: 'unacknowledge' }, 11]).told, ['firing', 'unchanged', 'firing'])
  assert.deepEqual(run(rule, [11, acknowledge, 9, 11, 11, 11]).told, ['firing', 'resolved', 'firing', 'unchanged', 'firing'])
})

test('one acknowledges only what fires, and takes back only what was said', () => {
  assert.deepEqual(answer(undefined, { action: 'acknowledge', by: '', note: '' }, 0), { state: undefined, is_done: false })
  assert.equal(answer(fresh(0), { action: 'acknowledge', by: '', note: '' }, 0).is_done, false)
  assert.equal(answer(fresh(0), { action: 'unacknowledge' }, 0).is_done, false)
  assert.equal(answer(fresh(0), { action: 'unsilence' }, 0).is_done, false)
  const silenced = answer(undefined, { action: 'silence', by: 'a', note: '', for_ms: 1000 }, 0).state
  assert.equal(answer(silenced, { action: 'unsilence' }, 999).is_done, true)
  assert.equal(answer(silenced, { action: 'unsilence' }, 1000).is_done, false)
})

const anyAction = fc.oneof(
  fc.constantFrom({ action: 'acknowledge', by: 'a', note: '' }, { action: 'unacknowledge' }, { action: 'unsilence' }),
  fc.integer({ min: 1, max: 9000 }).map((for_ms) => ({ action: 'silence', by: 'a', note: '', for_ms })),
)
const anyValue = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(null, Number.NaN), fc.record({ value: fc.integer({ min: 0, max: 20 }), is_maintenance: fc.boolean() }))
const anySteps = fc.array(fc.oneof({ weight: 4, arbitrary: anyValue }, { weight: 1, arbitrary: anyAction }), { maxLength: 60 })
const anyRule = fc.record({ for_ms: fc.integer({ min: 0, max: 5000 }), repeat_ms: fc.constantFrom(0, 1500, 4000) }).map((times) => ({ ...ABOVE_10, ...times }))

test('of any sequence: resolved follows firing, nothing is told twice, and the state is plain JSON', () => {
  fc.assert(
    fc.property(anyRule, anySteps, (rule, steps) => {
      const { told, state } = run(rule, steps)
      assert.deepEqual(JSON.parse(JSON.stringify(state)), state)
      let isOut = false
      for (const output of told) {
        if (output === 'resolved') assert.ok(isOut, 'resolved what nobody heard of')
        if (output === 'firing' && rule.repeat_ms === 0) assert.ok(!isOut, 'told twice')
        if (output === 'firing') isOut = true
        if (output === 'resolved') isOut = false
      }
    }),
    { numRuns: 500 },
  )
})

test('of any sequence: it fires only where every value for the duration was a breach', () => {
  fc.assert(
    fc.property(anyRule, fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 40 }), (rule, values) => {
      const { told } = run({ ...rule, repeat_ms: 0 }, values)
      const needed = Math.ceil(rule.for_ms / 1000) + 1
      told.forEach((output, index) => {
        if (output !== 'firing') return
        assert.ok(index + 1 >= needed)
        assert.ok(values.slice(index + 1 - needed, index + 1).every((value) => value > 10))
      })
      // And it does fire where they were.
      const streak = values.findIndex((_, index) => index + 1 >= needed && values.slice(index + 1 - needed, index + 1).every((value) => value > 10))
      assert.equal(told.indexOf('firing'), streak)
    }),
    { numRuns: 500 },
  )
})

test('of any sequence: nothing fires in a silence or a maintenance window', () => {
  fc.assert(
    fc.property(anyRule, anySteps, (rule, steps) => {
      const all = steps.map((given) => (given !== null && typeof given === 'object' && 'action' in given ? given : { value: given?.value ?? given, is_maintenance: true }))
      assert.ok(!run(rule, all).told.includes('firing'))
      const silent = steps.filter((given) => given === null || typeof given !== 'object' || !('action' in given))
      assert.ok(!run(rule, [{ action: 'silence', by: '', note: '', for_ms: 1e9 }, ...silent]).told.includes('firing'))
    }),
    { numRuns: 300 },
  )
})
