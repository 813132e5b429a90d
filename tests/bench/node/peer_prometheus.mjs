// prom-client: counters, histograms and the exposition.
import { EXPOSED, SERIES, inTurn, peer } from './workloads.mjs'

const labelNames = ['method', 'route', 'status']

export async function makeCase(workload) {
  const { Counter, Histogram, Registry } = peer('prom-client')
  const registers = [new Registry()]
  const counter = new Counter({ name: 'requests_total', help: 'Requests', labelNames, registers })
  const latency = new Histogram({ name: 'latency', help: 'Latency', labelNames, registers })
  const { method, route, status } = SERIES[0]
  const boundCounter = counter.labels(method, route, status)
  const boundLatency = latency.labels(method, route, status)
  const loop = (update) => inTurn(workload, update)
  switch (workload) {
    case 'M1':
    case 'M1v':
      return loop(({ method, route, status }) => counter.inc({ method, route, status }, 1))
    case 'M2':
      return loop(({ method, route, status }) => latency.observe({ method, route, status }, 0.12))
    case 'M1b':
      return loop(() => boundCounter.inc(1))
    case 'M2b':
      return loop(() => boundLatency.observe(0.12))
    default:
      return exposition(registers[0], counter)
  }
}

/** X1: one series changes between two expositions. */
function exposition(registry, counter) {
  registry.removeSingleMetric('latency')
  counter.reset()
  for (let i = 0; i < EXPOSED; i++) counter.inc({ method: 'GET', route: `/item/${i}`, status: '200' }, 1)
  const run = async (count) => {
    let text
    for (let i = 0; i < count; i++) {
      counter.inc({ method: 'GET', route: '/item/7', status: '200' }, 1)
      text = await registry.metrics()
    }
    const series = text.split('route="/item/').length - 1
    if (series !== EXPOSED) throw new Error(`${series} series`)
  }
  return { run }
}
