// The cost of ours against one property of the input at a time: a JSON line for each value of each property.
// Not for judging: `shapes.py` beside this folder prints the table and names the steps.
import { leastCpu } from './timing.mjs'
import { configure, flush, vigie } from './peer_vigie.mjs'
import { HEADERS } from './workloads.mjs'
import { declined, ORDER_ID, PLACED_AT } from './varied.mjs'

const TEXT = 512
/** A property of values without an order numbers them. */
const KINDS = [1, 'text', 1.5, true, null, 2n ** 70n, ORDER_ID, PLACED_AT, new Uint8Array(8), [1, 2], new Map([[1, 2]]), new Set([1]), new URL('http://a/b'), Symbol('s'), declined()]

/** 512 characters of words, so many of them `other`, spread evenly. */
function mixed(count, other) {
  const isOther = (at) => Math.floor(((at + 1) * count) / TEXT) > Math.floor((at * count) / TEXT)
  return Array.from({ length: TEXT }, (_, at) => (isOther(at) ? other : at % 7 === 6 ? ' ' : 'a')).join('')
}

const times = (count, each) => Array.from({ length: count }, (_, n) => each(n))
const keys = (count) => Object.fromEntries(times(count, (n) => [`key_${n}`, 1]))
const nested = (depth) => (depth === 0 ? 1 : { inner: nested(depth - 1) })
const members = (count) => times(count, (n) => `v${n}=a1b2c3`).join()

/** Runs `once` again and again. */
const repeated = (once) => ({
  flush,
  run: (count) => {
    for (let i = 0; i < count; i++) once()
  },
})

function logged(attributes) {
  const log = vigie.getLogger('shop.api')
  return repeated(() => log.info('request handled', attributes))
}

function failed(causes) {
  let error
  for (let n = 0; n <= causes; n++) error = new Error('the disk is full', error === undefined ? {} : { cause: error })
  const log = vigie.getLogger('shop.api')
  return repeated(() => log.info('request failed', error, {}))
}

function spans({ attributes = 0, events = 0, links = 0 }) {
  const names = Object.keys(keys(attributes))
  const linked = vigie.startSpan('linked')
  return repeated(() =>
    vigie.span('child', {}, (span) => {
      for (const name of names) span.setAttribute(name, 1)
      for (let n = 0; n < events; n++) span.addEvent('stock reserved', { left: 1 })
      for (let n = 0; n < links; n++) span.addLink({ context: linked })
    }),
  )
}

/** A counter with so many labels, of which the first takes so many values. */
function counted(series, labels) {
  const counter = vigie.counter(`requests_${series}_${labels}`)
  const all = times(series, (n) => Object.fromEntries(times(labels, (label) => [`label_${label}`, label === 0 ? `/shop/${(n * 7919) % series}` : 'value'])))
  let next = 0
  const once = () => {
    counter.add(1, { ...all[next] })
    if (++next === series) next = 0
  }
  for (let n = 0; n < series; n++) once()
  return repeated(once)
}

const carried = (more) => {
  const headers = { ...HEADERS, tracestate: '', baggage: '', ...more }
  return repeated(() => vigie.extract(headers, () => vigie.inject({})))
}

const PROPERTIES = {
  'L bytes of a text': [[8, 64, 512, 4096, 16_384], (n) => logged({ note: 'a'.repeat(n) })],
  'L % not ASCII': [[0, 1, 10, 50, 100], (n) => logged({ note: mixed((n * TEXT) / 100, 'é') })],
  'L % Chinese': [[0, 1, 10, 50, 100], (n) => logged({ note: mixed((n * TEXT) / 100, '価') })],
  'L escapes in 512': [[0, 1, 8, 64, 256], (n) => logged({ note: mixed(n, '\n') })],
  'L attributes': [[0, 1, 2, 4, 8, 16, 32, 64, 128], (n) => logged(keys(n))],
  'L depth': [[0, 1, 2, 4, 8], (n) => logged({ outer: nested(n) })],
  'L items of a list': [[1, 8, 64, 512], (n) => logged({ items: times(n, (item) => item) })],
  'L kind of value': [KINDS.map((_, n) => n), (n) => logged({ value: KINDS[n] })],
  'L causes of an error': [[0, 1, 2, 4, 8], failed],
  'S attributes': [[0, 1, 2, 4, 5, 8, 16, 32, 64, 128], (n) => spans({ attributes: n })],
  'S events': [[0, 1, 2, 4, 8, 32], (n) => spans({ events: n })],
  'S links': [[0, 1, 2, 4, 8, 32], (n) => spans({ links: n })],
  'M labels': [[0, 1, 2, 3, 4, 8, 16], (n) => counted(1, n)],
  'M series': [[1, 10, 100, 500, 1000, 2000], (n) => counted(n, 3)],
  'P members of baggage': [[0, 1, 2, 4, 8, 9, 32, 33, 64], (n) => carried({ baggage: members(n) })],
  'P members of tracestate': [[0, 1, 2, 4, 8, 9, 32], (n) => carried({ tracestate: members(n) })],
  'P escapes in baggage': [[0, 1, 4, 16, 64], (n) => carried({ baggage: `user=${'%20'.repeat(n)}${'a'.repeat(64 - n)}` })],
  'P properties in baggage': [[0, 1, 4], (n) => carried({ baggage: `user=abc${';p=1'.repeat(n)}` })],
}

configure({ to: 'null' }, { level: 'info', limits: { series_per_instrument: 4_000 } })
for (const [property, [values, make]] of Object.entries(PROPERTIES)) {
  for (const at of values) console.log(JSON.stringify({ property, at, ns: await leastCpu(make(at)) }))
}
process.exit(0)
