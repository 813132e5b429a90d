// A span that has ended is never read as current: the nearest open one around it is, or none.
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as vigie from '../dist/esm/index.js'
import { captured } from './helper.mjs'

vigie.init({ service: 'shop', outputs: [{ to: 'null' }] })
const log = vigie.getLogger('ended')
const current = () => vigie.currentContext().spanId
const idOf = (span) => span.context.spanId
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** Ways in which code that was started inside of a span runs after its end. Each gives a function that lets it run. */
const ways = {
  'setTimeout': (say) => new Promise((resolve) => setTimeout(() => resolve(say()), 5)),
  'setInterval': (say) => new Promise((resolve) => { const timer = setInterval(() => { clearInterval(timer); resolve(say()) }, 5) }),
  'setImmediate': (say) => new Promise((resolve) => setImmediate(() => resolve(say()))),
  'a promise that nobody awaits': (say) => (async () => { await null; await sleep(1); say() })(),
  'a microtask': (say) => new Promise((resolve) => queueMicrotask(() => resolve(say()))),
  'an async generator': (say) => (async () => { for await (const _ of (async function* () { await sleep(1); say(); yield 1 })()); })(),
  'an event of a timer': (say) => new Promise((resolve) => { const bus = new EventEmitter().on('e', () => resolve(say())); setTimeout(() => bus.emit('e'), 5) }),
  'a snapshot of the host': (say) => { const inside = AsyncLocalStorage.snapshot(); return new Promise((resolve) => setTimeout(() => resolve(inside(say)), 5)) },
}

/** What a late log line, span and carrier belong to. */
function belongings() {
  log.info('late')
  const late = vigie.startSpan('late')
  late.end()
  return { span: current(), header: vigie.inject({}).traceparent?.slice(36, 52), started: late.context.traceId }
}

for (const [name, way] of Object.entries(ways)) {
  test(`${name}: the nearest open span, then none`, async () => {
    const seen = []
    let outer, inner, goOn, mostLate
    const found = await captured(vigie, async () => {
      let late
      outer = vigie.startSpan('outer')
      vigie.withSpan(outer, () => vigie.withContext({ user_id: 'u' }, () => vigie.span('inner', (span) => {
        inner = span
        vigie.withContext({ order_id: 7 }, () => { late = way(() => seen.push(belongings())) })
        mostLate = new Promise((resolve) => { goOn = resolve }).then(() => seen.push(belongings()))
      })))
      await late
      outer.end()
      goOn()
      await mostLate
    })
    assert.deepEqual([seen[0].span, seen[0].header, seen[0].started], [idOf(outer), idOf(outer), outer.context.traceId])
    assert.deepEqual([seen[1].span, seen[1].header], [undefined, undefined])
    assert.notEqual(seen[1].started, outer.context.traceId)
    const [first, second] = found.filter((line) => line.message === 'late')
    assert.deepEqual([first.span_id, first.trace_id, first.user_id, first.order_id], [idOf(outer), outer.context.traceId, 'u', 7], 'what is carried stays')
    assert.deepEqual([second.span_id, second.trace_id, second.user_id, second.order_id], [undefined, undefined, 'u', undefined])
    const [child, root] = found.filter((line) => line.name === 'late')
    assert.deepEqual([child.parent_span_id, root.parent_span_id], [idOf(outer), undefined])
    assert.notEqual(idOf(outer), idOf(inner))
  })
}

test('listeners of an event run where it is emitted, and read what is open there', () => {
  const bus = new EventEmitter()
  const seen = []
  vigie.span('s', () => bus.on('e', () => seen.push(current())))
  bus.emit('e')
  const open = vigie.span('other', (span) => { bus.emit('e'); return idOf(span) })
  assert.deepEqual(seen, [undefined, open])
})

test('a generator that is finished elsewhere', () => {
  function* steps() {
    const leaky = vigie.startSpan('leaky')
    try { yield vigie.withSpan(leaky, () => AsyncLocalStorage.snapshot()) } finally { leaky.end() }
  }
  vigie.span('outer', (outer) => {
    const generator = steps()
    const inside = generator.next().value
    assert.notEqual(inside(current), idOf(outer))
    generator.return()
    assert.equal(inside(current), idOf(outer))
  })
})

test('a span that is ended inside of its own function', () => {
  vigie.span('outer', (outer) => {
    const span = vigie.startSpan('s')
    vigie.withSpan(span, () => {
      assert.equal(current(), idOf(span))
      span.end()
      assert.equal(current(), idOf(outer))
      vigie.withContext({ n: 1 }, () => assert.equal(current(), idOf(outer)))
      assert.equal(vigie.startSpan('c').context.traceId, outer.context.traceId)
    })
    vigie.withSpan(span, () => assert.equal(current(), idOf(outer), 'ended before'))
    vigie.withContext(span, () => assert.equal(current(), idOf(outer)))
  })
  vigie.span('s', (span) => { span.end(); assert.equal(current(), undefined) })
})

test('spans that end out of order', () => {
  for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1], [0, 3, 1, 2]]) {
    const spans = []
    const within = (depth) => {
      if (depth === 4) return AsyncLocalStorage.snapshot()
      const span = vigie.startSpan(`s${depth}`)
      spans.push(span)
      return vigie.withSpan(span, () => vigie.withContext({ depth }, () => within(depth + 1)))
    }
    const inside = within(0)
    const open = new Set([0, 1, 2, 3])
    for (const at of order) {
      spans[at].end()
      open.delete(at)
      const nearest = Math.max(-1, ...open)
      assert.equal(inside(current), nearest < 0 ? undefined : idOf(spans[nearest]), `${order}, after ${at}`)
    }
  }
})

test('what is carried on purpose stays', async () => {
  let kept, given, job
  vigie.span('job', (span) => vigie.withContext({ user_id: 'u' }, () => { job = span; kept = vigie.currentContext(); given = vigie.contextFrom({ baggage: 'k=v' }) }))
  for (const context of [job.context, kept, given]) {
    vigie.withContext(context, () => assert.equal(current(), idOf(job)))
    vigie.withContext(context, () => assert.equal(current(), idOf(job)), { baggage: { a: '1' } })
    vigie.withSpan(context, () => assert.equal(current(), idOf(job)))
    assert.equal(vigie.startSpan('c', { parent: context }).context.traceId, job.context.traceId)
    assert.equal(vigie.inject({}, context).traceparent, job.context.traceparent)
  }
  assert.equal(vigie.startSpan('c', { parent: job }).context.traceId, job.context.traceId)
  assert.equal(vigie.inject({}, job).traceparent, job.context.traceparent)
  const [line] = await captured(vigie, () => vigie.withContext(kept, () => log.info('m')))
  assert.deepEqual([line.span_id, line.user_id], [idOf(job), 'u'])
})

test('a span of another process is as open as can be known, but not behind an ended one of this process', async () => {
  const late = vigie.extract({ traceparent, tracestate: 'v=1', baggage: 'k=v' }, () => {
    vigie.withContext({ n: 1 }, () => assert.equal(current(), 'b7ad6b7169203331'))
    return vigie.span('s', () => ({ after: sleep(1).then(() => vigie.inject({})) }))
  })
  assert.deepEqual(await late.after, { baggage: 'k=v' }, 'the trace goes with its state, the baggage stays')
})

test('an explicit parent is the one above', () => {
  const a = vigie.startSpan('a')
  const b = vigie.startSpan('b')
  vigie.withSpan(b, () => {
    const [child, kin, root] = [a, a.context, null].map((parent) => vigie.startSpan('c', { parent }))
    const reads = [child, kin, root].map((span) => { const inside = vigie.withSpan(span, () => AsyncLocalStorage.snapshot()); span.end(); return inside(current) })
    assert.deepEqual(reads, [idOf(a), idOf(a), idOf(b)])
  })
})

test('chains of spans that start each other keep none of those that have ended', async () => {
  let last = vigie.startSpan('first')
  const watched = []
  for (let i = 0; i < 20_000; i++) {
    const next = vigie.withSpan(last, () => vigie.startSpan('next'))
    if (i % 100 === 0) watched.push(new WeakRef(next.context))
    last.end()
    last = next
  }
  await sleep(1)
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  assert.ok(watched.filter((one) => one.deref() !== undefined).length <= 2)
  const deep = []
  for (let i = 0, parent = null; i < 100_000; i++) deep.push(parent = vigie.startSpan('deep', { parent }))
  const inside = vigie.withSpan(deep.at(-1), () => AsyncLocalStorage.snapshot())
  for (const span of deep) span.end()
  assert.equal(inside(current), undefined)
})
