// Runs: the spans of a framework's callbacks, what is current in their bodies, and what an answer of a model costs.
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import * as vigie from '../dist/esm/index.js'
import { captured } from './helper.mjs'

vigie.init({ service: 'shop', outputs: [{ to: 'null' }] })
const lines = (work) => captured(vigie, work)
const named = (found) => {
  const names = new Map(found.map((line) => [line.span_id, line.name]))
  return found.map((line) => [line.name, names.get(line.parent_span_id)])
}

test('a run is a span below the one of its parent, whatever is current', async () => {
  const runs = new vigie.Runs()
  const found = await lines(() => {
    vigie.span('app', () => runs.start('a', 'chain', { logged: { run_id: 'a' } }))
    vigie.span('elsewhere', () => {
      runs.start('b', 'chat', { parentId: 'a', kind: 'client', attributes: { n: 1, deep: { list: [1n, new Date(0)] } }, keep: 'kept' })
      runs.start('h', 'hidden', { parentId: 'b', hidden: true })
      runs.start('c', 'tool', { parentId: 'h' })
    })
    runs.chunk('b')
    runs.setAttributes('b', { late: 'é' })
    runs.addEvent('b', 'retry', { attempt: 2 })
    runs.updateName('c', 'other')
    for (const id of ['c', 'h']) assert.equal(runs.end(id)?.state, 'ok')
    assert.equal(runs.kept('b'), 'kept')
    const ended = runs.end('b', { state: 'error', error: new TypeError('no'), attributes: { x: true }, firstChunkKey: 'first' })
    assert.deepEqual([ended.state, ended.chunks, ended.chunkInterval, ended.kept], ['error', 1, undefined, 'kept'])
    assert.ok(ended.firstChunk >= 0 && ended.duration >= ended.firstChunk)
    assert.equal(runs.end('b'), undefined)
    runs.end('a')
  })
  const spans = found.filter((line) => line.kind === 'span')
  assert.deepEqual(named(spans).filter(([name]) => !['app', 'elsewhere'].includes(name)), [['other', 'chat'], ['chat', 'chain'], ['chain', 'app']])
  const chat = spans.find((line) => line.name === 'chat')
  const { first, ...attributes } = chat.attributes
  assert.ok(first >= 0)
  assert.deepEqual(attributes, { n: 1, deep: { list: [1, '1970-01-01T00:00:00.000000Z'] }, late: 'é', x: true })
  assert.deepEqual([chat.span_kind, chat.status, chat.status_message], ['client', 'error', 'TypeError: no'])
  assert.deepEqual(chat.events.map((event) => event.name), ['retry', 'exception'])
  const { open, unmatched, orphaned } = runs.stats()
  assert.deepEqual({ open, unmatched, orphaned }, { open: 0, unmatched: 1, orphaned: 0 })
})

test('what is open below a run ends with it, and texts go down the tree', async () => {
  const runs = new vigie.Runs({ spans: 3 })
  const found = await lines(() => {
    runs.start('a', 'graph', { inherited: { thread: 't-1' } })
    for (const id of ['b', 'c', 'd', 'e']) runs.start(id, id, { parentId: 'a' })
    runs.end('a', { state: 'cancelled' })
  })
  assert.deepEqual(found.map((line) => [line.name, line.attributes.thread, line.attributes['vigie.run.state']]).sort(), [
    ['b', 't-1', 'cancelled'], ['c', 't-1', 'cancelled'], ['d', 't-1', 'cancelled'], ['graph', 't-1', 'cancelled'],
  ])
  assert.equal(runs.stats().left_out, 1)
  assert.equal(runs.stats().orphaned, 4)
})

test('a run carries on what the caller carries, and what it was given', async () => {
  const runs = new vigie.Runs()
  const found = await lines(() => {
    vigie.withContext({ tenant: 'acme' }, () => runs.start('a', 'chain', { logged: { run_id: 'a' } }), { baggage: { k: 'v' } })
    runs.enter('a', () => {
      vigie.getLogger('app').info('inside')
      assert.equal(vigie.inject({}).baggage, 'k=v')
      assert.equal(vigie.currentContext().spanId, runs.context('a').spanId)
    })
    runs.end('a')
    assert.equal(runs.context('a'), undefined)
    assert.equal(runs.enter('a', () => 7), 7)
  })
  const [log, span] = [found.find((line) => line.message === 'inside'), found.find((line) => line.name === 'chain')]
  assert.deepEqual([log.tenant, log.run_id, log.span_id], ['acme', 'a', span.span_id])
  assert.equal(span.attributes, undefined)
})

test('links lead to other runs', async () => {
  const runs = new vigie.Runs()
  const [first, second] = await lines(() => {
    runs.start('a', 'first')
    const context = runs.context('a')
    runs.end('a')
    runs.start('b', 'second', { links: [context, null] })
    runs.end('b')
  })
  assert.deepEqual(second.links, [{ trace_id: first.trace_id, span_id: first.span_id }])
})

test('the framework says which run is current, and what was entered in its body is nearer', async () => {
  const framework = new AsyncLocalStorage()
  const runs = new vigie.Runs()
  runs.follow(() => framework.getStore())
  const now = () => vigie.currentContext().spanId
  const id = (run) => runs.context(run).spanId
  try {
    await lines(async () => {
      await vigie.span('app', async (app) => {
        runs.start('a', 'chain')
        assert.equal(now(), app.context.spanId)
        await framework.run('a', async () => {
          assert.equal(now(), id('a'))
          await vigie.span('inside', async (inside) => {
            await null
            assert.equal(now(), inside.context.spanId)
            runs.start('b', 'step', { parentId: 'a' })
            assert.equal(runs.context('b').traceId, app.context.traceId)
            framework.run('b', () => assert.equal(now(), id('b'), 'the run began after what was entered'))
            assert.equal(now(), inside.context.spanId)
            setTimeout(() => {}, 0)
          })
          assert.equal(now(), id('a'))
          runs.start('m', 'chat', { parentId: 'a' })
          await runs.enter('m', async () => {
            await null
            assert.equal(now(), id('m'))
            vigie.span('http', (http) => assert.equal(now(), http.context.spanId))
            runs.end('m')
            assert.equal(now(), id('a'), 'the body of a run that has ended counts for nothing')
          })
        })
        runs.end('a')
        framework.run('a', () => assert.equal(now(), app.context.spanId))
      })
      assert.equal(now(), undefined)
    })
  } finally {
    runs.follow()
  }
  framework.run('a', () => assert.equal(now(), undefined))
})

test('a span that has ended gives place to the run in whose body it was', async () => {
  const framework = new AsyncLocalStorage()
  const runs = new vigie.Runs()
  runs.follow(() => framework.getStore())
  try {
    runs.start('a', 'chain')
    await framework.run('a', async () => {
      let late
      vigie.span('short', () => { late = new Promise((done) => setTimeout(() => done(vigie.currentContext().spanId), 5)) })
      assert.equal(await late, runs.context('a').spanId)
    })
    runs.end('a')
  } finally {
    runs.follow()
  }
})

test('what starts in a span inside of a run is below that span', async () => {
  const framework = new AsyncLocalStorage()
  const runs = new vigie.Runs()
  runs.follow(() => framework.getStore())
  try {
    const found = await lines(() => {
      runs.start('a', 'chain')
      framework.run('a', () => vigie.span('inside', () => runs.start('b', 'step', { parentId: 'a' })))
      runs.end('a')
    })
    assert.deepEqual(named(found).sort(), [['chain', undefined], ['inside', 'chain'], ['step', 'inside']])
  } finally {
    runs.follow()
  }
})

test('nothing of a hostile call reaches the caller', () => {
  const runs = new vigie.Runs()
  const bad = { get attributes() { throw new Error('no') } }
  for (const id of [undefined, null, 7, {}, Symbol('s')]) {
    runs.start(id, id, bad)
    runs.chunk(id)
    runs.end(id, bad)
    runs.setAttributes(id, id)
    runs.addEvent(id, id)
    runs.updateName(id, id)
    assert.equal(runs.kept(id) ?? undefined, undefined)
  }
  const circular = {}
  circular.self = circular
  runs.start('x', 'x', { attributes: { circular, get throws() { throw new Error('no') } } })
  assert.equal(runs.end('x').state, 'ok')
  runs.follow(() => { throw new Error('no') })
  vigie.currentContext()
  runs.follow()
})

test('rules that are not accepted', () => {
  for (const rules of [{ open: 0 }, { idle: -1 }, { spans: 'many' }, { open: Number.NaN }]) assert.throws(() => new vigie.Runs(rules), RangeError)
})

test('what nobody touches is swept', async () => {
  const runs = new vigie.Runs({ idle: 0.001 })
  const [span] = await lines(async () => {
    runs.start('a', 'forgotten')
    await new Promise((done) => setTimeout(done, 20))
    assert.equal(runs.sweep(), 1)
  })
  assert.equal(span.attributes['vigie.run.state'], 'abandoned')
})

test('known models have a cost and unknown ones none', () => {
  assert.equal(vigie.genaiCost('gpt-5', { provider: 'openai', inputTokens: 1_000_000, outputTokens: 100_000 }), 2.25)
  assert.equal(vigie.genaiCost('no-such-model', { inputTokens: 1 }), undefined)
  assert.equal(vigie.genaiCost('gpt-5', {}), undefined)
})
