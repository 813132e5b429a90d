// What users write, as the compiler sees it: this file must compile with --strict against the published declarations.
import * as vigie from 'vigie'
import { capture, type Capture } from 'vigie/testing'

vigie.init({ service: 'shop', version: '1.4.2', environment: 'prod', level: 'info', outputs: [{ to: 'file', path: 'x', signals: ['logs'] }] })
const log: vigie.Logger = vigie.getLogger('shop.cart')
log.info('order {order_id} placed', { order_id: 42, amount: 9.5, nested: { a: [1n, new Date()] } })
try {
  throw new Error('x')
} catch (error) {
  log.error('payment failed', error, { order_id: 42 })
}
log.log('warning', 'text', { a: 1 })
log.error(new Error('alone'))
log.error(new Error('alone'), { order_id: 42 })
log.error('m', { code: 5 }, { a: 1 })
log.error('m', undefined, { a: 1 })
log.info({ order_id: 42 }, 'in the order of pino')
log.warn(new Error('x'), 'in the order of pino')
log.log('error', new Error('alone'))
Promise.reject(new Error('x')).catch((error) => log.warn('rejected', error))
const child = log.bind({ tenant_id: 'acme' })
const enabled: boolean = child.isEnabled('debug')

const five: number = vigie.span('five', { a: 1 }, (span) => span.setAttribute('b', 2).isRecording ? 5 : 5)
const later: Promise<string> = vigie.withContext({ user_id: 'u-7' }, async () =>
  vigie.span('checkout', { order_id: 42 }, async (span) => {
    span.setAttributes({ 'cart.items': 3 }).addEvent('reserved', { sku: 'A1' }, new Date()).setStatus('error', 'why')
    return 'done'
  }, { kind: 'server' }), { baggage: { k: 'v' } })

const priced: (cart: number[]) => number = vigie.traced('price', { kind: 'client' }, (cart: number[]) => cart.length)
const counted: Generator<number> = vigie.traced(function* () { yield 1 })()
class Basket {
  @vigie.traced('basket.total')
  total(a: number, b: string): Promise<string> {
    return Promise.resolve(b.repeat(a))
  }

  @vigie.traced
  size(): number {
    return 3
  }
}
void [priced([1]), counted, new Basket().total(1, 'a'), new Basket().size()]

const parent: vigie.Context = vigie.contextFrom({ traceparent: 'x', other: ['a', 'b'] })
const job: vigie.Span = vigie.startSpan('job', { parent, startTime: 1_700_000_000_000n, links: [{ context: parent }, { context: { traceId: 'a', spanId: 'b' } }], kind: 'consumer' })
vigie.withSpan(job, () => log.info('inside'))
vigie.currentSpan().setAttribute('cart.items', 3).setStatus('ok')
job.end([1, 2])

interface Request {
  readonly headers: { readonly [name: string]: string }
}
const handler: (event: Request, context: object) => Promise<number> = vigie.wrapHandler(async (event: Request, _context: object) => event.headers['n']?.length ?? 0, { budgetMs: 500 })
const older = vigie.wrapHandler((_event: Request, _context: object, callback: (error: Error | null, result?: string) => void) => callback(null, 'done'))
older({ headers: {} }, {}, (_error, result) => result?.trim())
const untyped: (event: unknown) => string = vigie.wrapHandler((event) => String(event))
handler({ headers: {} }, {}).then((n) => untyped(n))

const orders: vigie.Counter = vigie.counter('orders_total', { unit: '1' })
orders.add(1, { region: 'eu' })
orders.bind({ region: 'eu' }).add(1)
vigie.upDownCounter('open').add(-1)
vigie.gauge('depth', { callback: () => 7 }).set(1)
const latency = vigie.histogram('latency', { unit: 's', buckets: [0.1, 1] })
const timed: Promise<number> = latency.time({ route: '/' }, async () => 1)
latency.bind({}).record(0.5)

const headers: { traceparent?: string } = vigie.inject({})
const result: number = vigie.extract(new Headers(), () => 1)
const text: string = vigie.metricsText({ openmetrics: true })
const accepted: number | undefined = vigie.stats().outputs[0]?.accepted
const flushed: Promise<boolean> = vigie.flush(5000)
const closed: Promise<boolean> = vigie.shutdown()
const done: boolean = vigie.flushSync()
const records: Capture = capture()
const logs: readonly { readonly [key: string]: unknown }[] = records.logs
const captured: Promise<number> = capture(async (all: Capture) => all.spans.length)
try {
  vigie.reconfigure({})
} catch (error) {
  if (error instanceof vigie.ConfigError) console.error(error.problems.map((problem) => `${problem.key}: ${problem.accepted}`), error.code)
}
const runs: vigie.Runs = new vigie.Runs({ open: 100, idle: 60, spans: 10 })
runs.start('run-1', 'chat', { parentId: undefined, kind: 'client', hidden: false, inherited: { thread: 't' }, links: [vigie.currentContext()], attributes: { n: 1 }, keep: 'x' })
const inside: number = runs.enter('run-1', () => 7)
const ended: vigie.RunSummary | undefined = runs.end('run-1', { state: 'abandoned', firstChunkKey: 'first' })
const cost: number | undefined = vigie.genaiCost('gpt-5', { provider: 'openai', inputTokens: 1 })
runs.follow(() => undefined)
runs.follow()
export { accepted, captured, closed, cost, done, enabled, ended, five, flushed, headers, inside, later, logs, result, text, timed }

// @ts-expect-error a message is a text
log.info({ order_id: 42 })
// @ts-expect-error a text is no error
log.info('got', 'text')
// @ts-expect-error nor is a number
log.error('user %s', 5)
// @ts-expect-error a surplus argument has no name
log.info('m', { a: 1 }, 'x')
// @ts-expect-error nor at a level that is given
log.log('info', 'got', 'text')
// @ts-expect-error there is no such key
vigie.init({ levle: 'info' })
// @ts-expect-error there is no such kind
vigie.startSpan('x', { kind: 'sever' })
// @ts-expect-error there is no such state
runs.end('run-1', { state: 'lost' })
// @ts-expect-error an amount is a number
orders.add('1')
