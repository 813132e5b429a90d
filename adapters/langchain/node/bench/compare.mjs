// Vigie beside its peers on the same scenarios, in processes of the same run; prints the tables of the README.
// `npm ci && npm run compare` here, behind `npm ci && npm run build` above; `node compare.mjs --overhead` for times alone.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { silent } from '../test/helper.mjs'
import { awaitAllCallbacks } from '../test/manager.mjs'
import { Chat } from '../test/models.mjs'
import { INPUT, SCENARIOS, simple } from '../test/scenarios.mjs'
import { TOOLS } from './tools.mjs'

/** Of each scenario: the model calls below each of the runs right below the application's span. */
const SHAPES = {
  chain: [1], tool: [0], retriever: [0], stream: [1], 'stream closed early': [1], batch: [1, 1, 1, 1], gather: [1, 1, 1], cancel: [1],
  error: [1], retry: [3], 'LangGraph agent': [2], 'nested graph': [1], 'interrupt and resume': [0, 0],
  "HTTP call in the model's body": [1], "HTTP call in a streaming model's body": [1], 'two graphs at once': [1, 1],
}
const ROUNDS = 3
const CALLS = 400

const isModel = ({ name, attributes }) => attributes['openinference.span.kind'] === 'LLM' || name.startsWith('chat ') || name.endsWith('.chat')

/** What is wrong with the spans of a scenario. */
function flaws(name, spans, app) {
  const found = []
  const byId = new Map(spans.map((span) => [span.id, span]))
  const traces = new Set(spans.map((span) => span.trace)).size
  if (traces !== 1) found.push(`${traces} traces`)
  const below = {}
  for (const model of spans.filter(isModel)) {
    let at = model
    while (at.parent !== app && byId.has(at.parent)) at = byId.get(at.parent)
    below[at.id] = (below[at.id] ?? 0) + 1
  }
  const shape = spans.filter((span) => span.parent === app && !span.name.startsWith('GET ')).map((span) => below[span.id] ?? 0)
  if (String(shape.sort()) !== String(SHAPES[name])) found.push(`model calls below the runs of the application: [${shape}], not [${SHAPES[name]}]`)
  for (const request of spans.filter((span) => span.name.startsWith('GET '))) {
    const above = byId.get(request.parent)
    if (above === undefined || !isModel(above)) found.push(`the request's parent is ${above?.name ?? 'no span'}`)
  }
  const states = spans.filter((span) => span.id !== app).map(({ status, attributes }) => (status === 'error' ? 'error' : attributes['vigie.run.state']))
  if (name === 'interrupt and resume' && states.includes('error')) found.push('the interrupt is an error')
  if (['cancel', 'stream closed early'].includes(name) && states.every((state) => state === undefined)) found.push('looks like success')
  if (name === 'cancel' && states.includes('error')) found.push('the cancellation is an error')
  return found
}

/** In a process with this tool: the flaws of each scenario. */
async function scenarios(tool) {
  const at = await TOOLS[tool](false)
  const result = {}
  let left = 0
  for (const [name, run] of Object.entries(SCENARIOS)) {
    let [app, stays] = [undefined, true]
    const { printed } = await silent(() =>
      at.span('app', async () => {
        app = at.current()
        await run({ config: {}, http: () => at.span('GET /chat', async () => {}), current: at.current, seen: {} })
        stays = at.current() === app
        // The peers hear of what happens in the background, later.
        await awaitAllCallbacks()
      }),
    )
    const found = flaws(name, at.spans(), app)
    if (!stays) found.push('another span stays current in the caller')
    if (printed !== '') found.push(`${printed.trim().split('\n').length} lines on standard error`)
    if (at.open() > left) found.push(`${at.open() - left} never ended`)
    left = at.open()
    result[name] = found
  }
  return result
}

/** In a process with this tool: milliseconds of processor time for one call of each kind, the best of some blocks. */
async function overhead(tool) {
  await TOOLS[tool](true)
  const [chain, streaming] = [simple(), simple(new Chat({ chunks: 100 }))]
  const kinds = {
    invoke: [() => chain.invoke(INPUT), CALLS],
    stream: [async () => { for await (const _ of await streaming.stream(INPUT)); }, CALLS / 5],
  }
  const times = {}
  for (const [kind, [call, count]] of Object.entries(kinds)) {
    for (let at = 0; at < 4 * count; at++) await call()
    times[kind] = Number.POSITIVE_INFINITY
    for (let block = 0; block < 7; block++) {
      const before = process.cpuUsage()
      for (let at = 0; at < count; at++) await call()
      const { user, system } = process.cpuUsage(before)
      times[kind] = Math.min(times[kind], (user + system) / 1000 / count)
    }
  }
  return times
}

function child(what, tool) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), what, tool], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${tool}: ${stderr}`)
  return JSON.parse(stdout.trim().split('\n').at(-1))
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

function main() {
  const [base, ...tools] = Object.keys(TOOLS)
  if (!process.argv.includes('--overhead')) {
    const all = Object.fromEntries(tools.map((tool) => [tool, child('scenarios', tool)]))
    console.log(`| scenario | ${tools.join(' | ')} |\n|${'---|'.repeat(tools.length + 1)}`)
    for (const name of Object.keys(SCENARIOS)) console.log(`| ${name} | ${tools.map((tool) => all[tool][name].join('; ') || 'ok').join(' | ')} |`)
    console.log()
  }
  const rounds = Object.fromEntries([base, ...tools].map((tool) => [tool, []]))
  // One after the other in each round, so that what else the machine does meets all of them.
  for (let round = 0; round < ROUNDS; round++) for (const tool of [base, ...tools]) rounds[tool].push(child('overhead', tool))
  console.log(`| ms of processor time | ${base} | ${tools.join(' | ')} |\n|${'---|'.repeat(tools.length + 2)}`)
  for (const kind of ['invoke', 'stream']) {
    const of = (tool) => median(rounds[tool].map((times) => times[kind]))
    console.log(`| ${kind} | ${of(base).toFixed(3)} | ${tools.map((tool) => `+${(of(tool) - of(base)).toFixed(3)}`).join(' | ')} |`)
  }
}

const [, , what, tool] = process.argv
if (tool !== undefined) {
  console.log(JSON.stringify(await { scenarios, overhead }[what](tool)))
  process.exit(0)
}
main()
