// The current span: which one code gets that was not given one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as vigie from '../dist/esm/index.js'
import { captured } from './helper.mjs'

vigie.init({ service: 'shop', outputs: [{ to: 'null' }] })
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** Uses everything that a span has. */
const useAll = (span) => span.setAttribute('a', 1).setAttributes({ b: 2 }).addEvent('e').addLink({ context: vigie.currentContext() })
  .recordException(new Error('x')).setStatus('error', 'm').updateName('other').end()

test('it is the innermost open one, in what is awaited and in contexts below it too', async () => {
  const [inner, outer] = await captured(vigie, () => vigie.span('outer', async (outer) => {
    assert.deepEqual([vigie.currentSpan(), outer.name], [outer, 'outer'])
    await vigie.span('inner', async (inner) => {
      await sleep(1)
      vigie.withContext({ user_id: 'u' }, () => vigie.currentSpan().setAttribute('found', true))
      assert.equal(vigie.currentSpan(), inner)
    })
    assert.equal(vigie.currentSpan(), outer)
  }))
  assert.deepEqual([inner.name, inner.attributes.found, outer.attributes], ['inner', true, undefined])
})

test('concurrent tasks have their own', async () => {
  const one = async (name) => vigie.span(name, async (span) => {
    await sleep(1)
    return vigie.currentSpan() === span
  })
  assert.deepEqual(await Promise.all(['a', 'b', 'c'].map(one)), [true, true, true])
})

test('a context that is carried elsewhere has its span until that ends, and its ids after it', () => {
  const span = vigie.startSpan('job')
  const { context } = span
  const inside = (fn) => vigie.withContext(context, () => vigie.withContext({ user_id: 'u' }, fn))
  inside(() => assert.equal(vigie.currentSpan(), span))
  vigie.withContext(vigie.withSpan(span, () => vigie.currentContext()), () => assert.equal(vigie.currentSpan(), span))
  span.end()
  inside(() => {
    assert.equal(vigie.currentSpan().isRecording, false)
    assert.equal(vigie.currentSpan().context.spanId, context.spanId)
  })
})

test('after its end it is the next one above', () => {
  vigie.span('outer', (outer) => vigie.span('inner', (inner) => {
    inner.end()
    assert.equal(vigie.currentSpan(), outer)
  }))
})

test('without one, it takes everything and keeps nothing', async () => {
  const found = await captured(vigie, () => {
    const none = vigie.currentSpan()
    assert.deepEqual([none.isRecording, none.context.traceId], [false, undefined])
    useAll(none)
    vigie.withSpan(none, () => assert.equal(vigie.currentSpan().isRecording, false))
    vigie.extract({ traceparent }, () => {
      const remote = vigie.currentSpan()
      assert.deepEqual([remote.isRecording, remote.context.spanId], [false, 'b7ad6b7169203331'])
      useAll(remote)
      vigie.withSpan(remote, () => vigie.span('child', () => {}))
    })
  })
  assert.deepEqual(found.map((line) => [line.name, line.parent_span_id]), [['child', 'b7ad6b7169203331']])
})

test('in the body of a run it is that run\'s, which ends with the run', async () => {
  const runs = new vigie.Runs()
  let run
  runs.follow(() => run)
  try {
    const lines = await captured(vigie, () => vigie.span('outer', (outer) => {
      assert.equal(vigie.currentSpan(), outer)
      runs.start('r', 'chat')
      run = 'r'
      const told = vigie.currentSpan()
      assert.deepEqual([told.isRecording, told.name, told.context.spanId], [true, 'chat', vigie.currentContext().spanId])
      assert.equal(useAll(told), undefined)
      assert.equal(told.name, 'other')
      vigie.span('inside', (inside) => assert.equal(vigie.currentSpan(), inside))
      vigie.withContext(outer.context, () => assert.equal(vigie.currentSpan(), outer))
      runs.end('r')
      assert.deepEqual([told.isRecording, told.name], [false, ''])
      useAll(told)
    }))
    const { name, attributes, events, status } = lines.find(({ name }) => name === 'other')
    assert.deepEqual([name, attributes, events.length, status], ['other', { a: 1, b: 2 }, 1, 'unset'])
  } finally {
    runs.follow()
  }
})

test('where a run has no span it takes nothing', () => {
  const runs = new vigie.Runs()
  runs.start('r', 'prompt', { hidden: true })
  runs.enter('r', () => assert.deepEqual([vigie.currentSpan().isRecording, vigie.currentSpan().name], [false, '']))
  runs.end('r')
})
