// Plays the conformance vectors through the public Node face; `node driver.mjs <vectors-dir> <out-dir>`.
// Not a judge: what a vector means is in tests/conformance/README.md, and the runner compares.
import { appendFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as vigie from '../../../bindings/node/dist/esm/index.js'

const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key)
const define = (object, key, value) => Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
const fromPairs = (pairs) => pairs.reduce((made, [key, value]) => define(made, key, value), {})
const nest = (depth, wrap) => { let made = 1; while (depth-- > 0) made = wrap(made); return made }

const typed = {
  $float: (text) => Number(text),
  $int: (text) => BigInt(text),
  $bytes: (data) => Buffer.from(data, 'base64'),
  $utf16: (units) => String.fromCharCode(...units),
  $repeat: ([text, times]) => build(text).repeat(times),
  $concat: (texts) => texts.map(build).join(''),
  $nest: (depth) => nest(depth, (n) => ({ n })),
  $nest_list: (depth) => nest(depth, (n) => [n]),
  $keys: (count) => fromPairs(Array.from({ length: count }, (_, n) => [`k${n}`, n])),
  $items: (count) => Array.from({ length: count }, (_, n) => n),
  $pairs: (pairs) => fromPairs(pairs.map((pair) => pair.map(build))),
  $undefined: () => undefined,
  $cycle: (kind) => { const made = kind === 'map' ? { n: 1 } : [1]; kind === 'map' ? (made.self = made) : made.push(made); return made },
  $datetime: (text) => new Date(text),
  $set: (members) => new Set(members.map(build)),
}

// A value of a vector as the JavaScript value that it stands for.
function build(value) {
  if (Array.isArray(value)) return value.map(build)
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value)
  if (keys.length === 1 && own(typed, keys[0])) return typed[keys[0]](value[keys[0]])
  return fromPairs(keys.map((key) => [key, build(value[key])]))
}

function error(given) {
  const made = new Error(build(given.message ?? ''))
  made.name = build(given.type)
  made.stack = build(given.stack ?? '')
  if (given.cause !== undefined) made.cause = error(given.cause)
  if (given.errors !== undefined) Object.defineProperty(made, 'errors', { value: given.errors.map(error) })
  for (const [key, value] of Object.entries(build(given.attributes ?? {}))) {
    Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return made
}

const link = ({ trace_id: traceId, span_id: spanId, attributes }) => ({ context: { traceId, spanId }, attributes: build(attributes ?? {}) })
const time = (ns) => (ns === undefined ? undefined : BigInt(ns))

class Player {
  #extra
  #spans = []

  constructor(extra) {
    this.#extra = extra
    writeFileSync(extra, '')
  }

  note(kind, data) {
    appendFileSync(this.#extra, `${kind} ${Buffer.byteLength(data)}\n${data}\n`)
  }

  async attempt(call) {
    try {
      await call()
    } catch (error) {
      this.note('result', error.message)
      return false
    }
    return true
  }

  async steps(steps) {
    for (const step of steps) await this.#step(step)
  }

  async #step(step) {
    const attributes = build(step.attributes ?? {})
    const span = this.#spans.at(-1)
    if ('log' in step) {
      const logger = (step.bind ?? []).reduce((log, bound) => log.bind(build(bound)), vigie.getLogger(build(step.log)))
      if (step.error === undefined) logger.log(step.level, build(step.message), attributes)
      else logger.log(step.level, build(step.message), error(step.error), attributes)
    } else if ('context' in step) {
      await vigie.withContext(build(step.context), () => this.steps(step.steps), { baggage: build(step.baggage ?? {}) })
    } else if ('extract' in step) {
      const carrier = {}
      for (const [name, value] of step.extract) carrier[name] = own(carrier, name) ? [carrier[name], value].flat() : value
      await vigie.extract(carrier, () => this.steps(step.steps), { publicEndpoint: step.public_endpoint })
    } else if ('span' in step) await this.#span(step, attributes)
    else if ('set' in step) for (const [key, value] of Object.entries(build(step.set))) span.setAttribute(key, value)
    else if ('event' in step) span.addEvent(build(step.event), attributes, time(step.time_ns))
    else if ('link' in step) span.addLink(link({ ...step.link, attributes: step.attributes }))
    else if ('exception' in step) span.recordException(error(step.exception), attributes)
    else if ('status' in step) span.setStatus(step.status, step.message)
    else if ('rename' in step) span.updateName(build(step.rename))
    else if ('inject' in step) this.note('carrier', JSON.stringify(vigie.inject({})))
    else if ('metrics_text' in step) this.note('text', vigie.metricsText({ openmetrics: step.metrics_text === 'openmetrics' }))
    else if ('stats' in step) {
      await vigie.flush()
      this.note('stats', JSON.stringify(vigie.stats()))
    } else if ('flush' in step) await vigie.flush()
    else if ('set_level' in step) vigie.setLevel(step.set_level, step.logger)
    else if ('init' in step) (await this.attempt(() => vigie.init(step.init))) && this.note('result', 'ok')
    else if ('reconfigure' in step) (await this.attempt(() => vigie.reconfigure(step.reconfigure))) && this.note('result', 'ok')
    else await this.attempt(() => this.#measure(step, attributes))
  }

  async #span(step, attributes) {
    const options = { attributes, kind: step.kind, startTime: time(step.start_ns), links: step.links?.map(link) }
    const span = vigie.startSpan(build(step.span), step.root ? { ...options, parent: null } : options)
    this.#spans.push(span)
    await vigie.withSpan(span, () => this.steps(step.steps))
    this.#spans.pop().end(time(step.end_ns))
  }

  #measure(step, attributes) {
    const kind = ['counter', 'up_down_counter', 'gauge', 'histogram'].find((kind) => kind in step)
    const create = { counter: 'counter', up_down_counter: 'upDownCounter', gauge: 'gauge', histogram: 'histogram' }[kind]
    const verb = { gauge: 'set', histogram: 'record' }[kind] ?? 'add'
    const instrument = vigie[create](step[kind], step.options)
    if (step.bound) instrument.bind(attributes)[verb](build(step.value))
    else instrument[verb](build(step.value), attributes)
  }
}

const [vectors, out] = process.argv.slice(2)
for (const file of readdirSync(vectors).filter((name) => name.endsWith('.json')).sort()) {
  const name = basename(file, '.json')
  const path = JSON.stringify(join(out, `${name}.jsonl`)).slice(1, -1)
  // Nanoseconds since the epoch are beyond the safe integers of JSON.parse.
  const text = readFileSync(join(vectors, file), 'utf8').replace(/"(start_ns|end_ns|time_ns)": *(\d+)/g, '"$1": "$2"')
  const folder = JSON.stringify(vectors).slice(1, -1)
  const vector = JSON.parse(text.replaceAll('$OUT', () => path).replaceAll('$VECTORS', () => folder))
  if (vector.not_expressible?.node !== undefined) continue
  Object.assign(process.env, vector.env)
  const player = new Player(join(out, `${name}.extra`))
  if (await player.attempt(() => vigie.init(vector.config))) await player.steps(vector.steps)
  await vigie.shutdown()
  for (const name of Object.keys(vector.env ?? {})) delete process.env[name]
}
