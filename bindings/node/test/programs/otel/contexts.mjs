// Where the context goes: each way leads code away from where a span was current, and says under which span what it starts then
// stands. With `official` the official SDK says the same of all ways that are not Vigie's own.
//   node contexts.mjs vigie|official
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { AsyncResource } from 'node:async_hooks'
import { EventEmitter, once } from 'node:events'
import { readFile } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as later } from 'node:timers/promises'
import { argv } from 'node:process'
import { Worker } from 'node:worker_threads'

const tracer = trace.getTracer('contexts')
const start = (name) => tracer.startSpan(name).end()
/** A span around `fn`, which ends when that has. */
const inside = (name, fn) => tracer.startActiveSpan(name, async (span) => {
  try {
    return await fn(span)
  } finally {
    span.end()
  }
})
const under = (span) => trace.setSpan(context.active(), span)

/** Each gives, by the names of spans, those of the spans above, null for none. */
const ways = {
  async 'a callback of the file system'() {
    await inside('a', () => new Promise((resolve) => readFile(import.meta.filename ?? argv[1], () => resolve(start('b')))))
    return { a: null, b: 'a' }
  },
  async 'promises and microtasks'() {
    await inside('a', async () => {
      await null
      start('b')
      await Promise.all([1, 2].map(async (n) => {
        await later(1)
        start(`c${n}`)
      }))
      await Promise.reject(new Error('no')).catch(() => start('d'))
      queueMicrotask(() => start('e'))
      process.nextTick(() => start('f'))
      await later(1)
    })
    return { a: null, b: 'a', c1: 'a', c2: 'a', d: 'a', e: 'a', f: 'a' }
  },
  async 'tasks beside each other'() {
    await Promise.all([1, 2, 3].map((n) => inside(`a${n}`, async () => {
      await later(4 - n)
      start(`b${n}`)
    })))
    return { a1: null, a2: null, a3: null, b1: 'a1', b2: 'a2', b3: 'a3' }
  },
  async 'timers'() {
    await inside('a', () => new Promise((resolve) => {
      setTimeout(() => {
        start('b')
        setImmediate(() => {
          start('c')
          const timer = setInterval(() => {
            clearInterval(timer)
            resolve(start('d'))
          }, 1)
        })
      }, 1)
    }))
    return { a: null, b: 'a', c: 'a', d: 'a' }
  },
  async 'a timer that is cancelled'() {
    await inside('a', async () => {
      clearTimeout(setTimeout(() => start('never'), 1))
      await later(3)
      start('b')
    })
    return { a: null, b: 'a' }
  },
  async 'an async generator, read in another span'() {
    async function* steps() {
      start('first')
      yield 1
      await later(1)
      start('second')
      yield 2
    }
    const running = steps()
    await inside('a', () => running.next())
    await inside('b', () => running.next())
    // The body of a generator runs where it is asked.
    return { a: null, first: 'a', b: null, second: 'b' }
  },
  async 'a generator that is left with a span open'() {
    function* steps() {
      const span = tracer.startSpan('held')
      try {
        yield 1
      } finally {
        span.end()
      }
    }
    const running = steps()
    await inside('a', () => running.next())
    running.return()
    start('b')
    return { a: null, held: 'a', b: null }
  },
  async 'listeners run where it is emitted'() {
    const emitter = new EventEmitter()
    await inside('a', () => emitter.on('event', () => start('b')))
    await inside('c', () => emitter.emit('event'))
    return { a: null, c: null, b: 'c' }
  },
  async 'listeners of a bound emitter'() {
    const emitter = new EventEmitter()
    const heard = () => start('no')
    await inside('a', () => {
      context.bind(context.active(), emitter)
      emitter.on('event', () => start('b')).once('event', () => start('c')).prependListener('event', heard)
    })
    emitter.removeListener('event', heard)
    await inside('d', () => emitter.emit('event') && emitter.emit('event'))
    return { a: null, d: null, b: 'a', c: 'a', 'b (2)': 'a' }
  },
  async 'a listener for once, removed by its own name'() {
    const emitter = context.bind(ROOT_CONTEXT, new EventEmitter())
    const heard = () => start('no')
    emitter.once('event', heard)
    emitter.off('event', heard)
    emitter.emit('event')
    await inside('a', async () => {
      setTimeout(() => emitter.emit('other'), 1)
      await once(emitter, 'other')
      start('b')
    })
    return { a: null, b: 'a' }
  },
  async 'streams'() {
    await inside('a', async () => {
      const through = new PassThrough().on('data', () => start('b'))
      await pipeline(Readable.from(['x']), through)
      start('c')
    })
    return { a: null, b: 'a', c: 'a' }
  },
  async 'a bound function, called outside'() {
    let bound
    await inside('a', () => {
      bound = context.bind(context.active(), function (...args) {
        start('b')
        return [this.own, ...args]
      })
    })
    const given = bound.call({ own: 1 }, 2, 3)
    return { a: null, b: given.join() === '1,2,3' && bound.length === 0 ? 'a' : null }
  },
  async 'with: a context of another place, and back'() {
    const elsewhere = tracer.startSpan('elsewhere')
    await inside('a', async () => {
      await context.with(under(elsewhere), async () => {
        await later(1)
        start('b')
      })
      start('c')
      context.with(ROOT_CONTEXT, () => start('d'))
    })
    elsewhere.end()
    return { elsewhere: null, a: null, b: 'elsewhere', c: 'a', d: null }
  },
  async 'with: what is thrown comes through, and the context is as before'() {
    const span = tracer.startSpan('a')
    const thrown = await context.with(under(span), async () => {
      throw new Error('no')
    }).catch(() => 'caught')
    start(thrown)
    span.end()
    return { a: null, caught: null }
  },
  async 'a span that is ended is still what its own code is in'() {
    await tracer.startActiveSpan('a', async (span) => {
      span.end()
      await later(1)
      start('b')
    })
    return { a: null, b: 'a' }
  },
  async 'spans that end out of order'() {
    const a = tracer.startSpan('a')
    const b = context.with(under(a), () => tracer.startSpan('b'))
    a.end()
    context.with(under(b), () => start('c'))
    b.end()
    start('d')
    return { a: null, b: 'a', c: 'b', d: null }
  },
  async 'a span that nobody ends'() {
    tracer.startActiveSpan('abandoned', () => start('b'))
    await later(1)
    start('c')
    return { b: 'abandoned', c: null }
  },
  async 'a span of another process'() {
    const carrier = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
    context.with(propagation.extract(ROOT_CONTEXT, carrier), () => start('a'))
    start('b')
    return { a: 'remote', b: null }
  },
  async 'a callback bound to its resource'() {
    let called
    await inside('a', () => {
      called = AsyncResource.bind(() => start('b'))
    })
    await inside('c', () => called())
    return { a: null, b: 'a', c: null }
  },
  async 'a pool whose work is queued elsewhere'() {
    const queue = []
    const worked = inside('pool', async () => {
      await later(2)
      for (const task of queue) task()
    })
    await inside('a', () => queue.push(() => start('unbound'), context.bind(context.active(), () => start('bound'))))
    await worked
    return { pool: null, a: null, unbound: 'pool', bound: 'a' }
  },
  async 'a thread has none of it'() {
    await inside('a', async () => {
      const worker = new Worker('require("node:worker_threads").parentPort.postMessage(1)', { eval: true })
      await once(worker, 'message')
      start('b')
      await worker.terminate()
    })
    return { a: null, b: 'a' }
  },
  async 'a thenable'() {
    await inside('a', async () => {
      await { then: (resolve) => setTimeout(() => resolve(start('b')), 1) }
      start('c')
    })
    return { a: null, b: 'a', c: 'a' }
  },
}

/** What only two faces on one context can show. */
const faces = {
  async 'Vigie inside of OpenTelemetry inside of Vigie'({ vigie }) {
    await vigie.span('a', () => inside('b', () => vigie.span('c', async () => {
      await later(1)
      start('d')
      await vigie.span('e', () => start('f'))
    })))
    return { a: null, b: 'a', c: 'b', d: 'c', e: 'c', f: 'e' }
  },
  async 'a span of Vigie ends, and what it started goes on below the next one above'({ vigie }) {
    await inside('a', async () => {
      const late = vigie.span('b', () => later(2).then(() => vigie.startSpan('c').end()))
      await late
      let going
      vigie.span('d', () => {
        going = later(1).then(() => start('e'))
      })
      await going
    })
    return { a: null, b: 'a', c: 'b', d: 'a', e: 'a' }
  },
  async 'a context of the API with a span of Vigie, carried elsewhere'({ vigie }) {
    let carried
    vigie.span('a', () => {
      carried = context.active()
    })
    context.with(carried, () => {
      start('b')
      vigie.startSpan('c').end()
    })
    return { a: null, b: 'a', c: 'a' }
  },
  async 'withSpan, withContext and extract'({ vigie }) {
    const a = vigie.startSpan('a')
    await vigie.withSpan(a, async () => {
      await later(1)
      start('b')
      vigie.withContext({ user: 'u' }, () => start('c'))
    })
    vigie.extract({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }, () => start('d'))
    a.end()
    return { a: null, b: 'a', c: 'a', d: 'remote' }
  },
  async 'a suppressed context leaves Vigie alone'({ vigie }) {
    const suppressed = context.active().setValue(Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true)
    context.with(suppressed, () => {
      start('no')
      vigie.startSpan('a').end()
    })
    return { a: null }
  },
}

/** Gives what was recorded since it was last called: name, id and id above. */
const recorders = {
  async vigie() {
    const vigie = await import('../../../dist/esm/index.js')
    const { register } = await import('../../../dist/esm/otel.js')
    const { capture } = await import('../../../dist/esm/testing.js')
    register({ service: 'contexts', outputs: [{ to: 'null' }] })
    let records = capture()
    return { vigie, taken: () => {
      const { spans } = records
      records.stop()
      records = capture()
      return spans.map((span) => [span.name, span.span_id, span.parent_span_id])
    } }
  },
  async official() {
    const { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } = await import('@opentelemetry/sdk-trace-node')
    const exporter = new InMemorySpanExporter()
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register()
    return { taken: () => {
      const spans = exporter.getFinishedSpans().map((span) => [span.name, span.spanContext().spanId, span.parentSpanContext?.spanId])
      exporter.reset()
      return spans
    } }
  },
}

/** The names above by the names of spans; a name that repeats is numbered. */
function tree(spans, open) {
  const names = new Map([...open, ...spans.map(([name, id]) => [id, name]), ['b7ad6b7169203331', 'remote']])
  const made = {}
  for (const [name, , above] of spans) {
    let key = name
    for (let n = 2; key in made; n++) key = `${name} (${n})`
    made[key] = above === undefined ? null : (names.get(above) ?? 'unknown')
  }
  return made
}

const recorder = await recorders[argv[2]]()
/** A span that is never ended has no record. */
const open = []
const { startActiveSpan } = Object.getPrototypeOf(tracer)
tracer.startActiveSpan = function (name, ...rest) {
  const fn = rest.pop()
  return startActiveSpan.call(this, name, ...rest, (span) => {
    open.push([span.spanContext().spanId, name])
    return fn(span)
  })
}
const found = {}
for (const [name, way] of Object.entries(recorder.vigie === undefined ? ways : { ...ways, ...faces })) {
  const expected = await way(recorder)
  found[name] = { expected, found: tree(recorder.taken(), open) }
}
console.log(JSON.stringify(found))
