// What the hook costs by itself: node bench/events.mjs [EXECUTIONS] prints the CPU microseconds a node event and the memory, over
// executions of four nodes that are played into it as n8n would; with BARE=1, what playing costs. A measurement, not a test.

import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as vigie from 'vigie'
import { likeness } from '../test/likeness.mjs'

const EXECUTIONS = Number(process.argv[2] ?? 20_000)
const WARM = 2000
const NODES = ['Webhook', 'A', 'B', 'C']
const EVENTS_A_NODE = 2
/** Executions between two looks at the memory. */
const LOOK = Math.ceil(EXECUTIONS / 8)

const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'))
process.env.VIGIE_OUTPUTS ??= JSON.stringify([{ to: 'file', path: join(folder, 'lines.jsonl') }])
const { main, load } = likeness()
if (process.env.BARE === undefined) createRequire(import.meta.url)('../dist/start.js').start(main)
const { Container } = load('@n8n/di')
const { handlers } = Container.get(load('@n8n/decorators').LifecycleMetadata)
const engine = new (load('n8n-core').WorkflowExecute)()
const tell = (event, context) => handlers.filter(({ eventName }) => eventName === event).forEach(({ handlerClass, methodName }) => Container.get(handlerClass)[methodName](context))

const workflow = { id: 'four', name: 'four', nodes: NODES.map((name) => ({ id: `id-${name}`, name, type: 'n8n-nodes-base.set', typeVersion: 3.4 })) }
const item = { json: { n: 1 } }

async function execute(number) {
  const executionData = { resultData: { runData: {} } }
  const life = { workflow, mode: 'webhook', executionId: String(number) }
  tell('workflowExecuteBefore', { ...life, workflowInstance: {}, executionData })
  for (const [index, nodeName] of NODES.entries()) {
    const source = index === 0 ? [] : [{ previousNode: NODES[index - 1] }]
    const begun = { startTime: Date.now(), executionIndex: index, source }
    tell('nodeExecuteBefore', { ...life, nodeName, taskData: begun })
    await engine.runNode({}, { node: workflow.nodes[index], outcome: { data: [[item]] } }, executionData, 0, { executionId: life.executionId })
    const taskData = { ...begun, executionTime: 1, executionStatus: 'success', data: { main: [[item]] } }
    executionData.resultData.runData[nodeName] = [taskData]
    tell('nodeExecuteAfter', { ...life, nodeName, taskData, executionData })
  }
  tell('workflowExecuteAfter', { ...life, runData: { status: 'success', data: executionData } })
}

const megabytes = () => {
  globalThis.gc?.()
  return (process.memoryUsage.rss() / 2 ** 20).toFixed(0)
}

for (let number = 0; number < WARM; number++) await execute(number)
const memory = [megabytes()]
const before = process.cpuUsage()
for (let number = 0; number < EXECUTIONS; number++) {
  await execute(WARM + number)
  // The writer of another thread has its turn, and so has what n8n does between executions.
  if (number % 50 === 49) await new Promise((resolve) => setImmediate(resolve))
  if (number % LOOK === LOOK - 1) memory.push(megabytes())
}
const { user, system } = process.cpuUsage(before)
const events = EXECUTIONS * NODES.length * EVENTS_A_NODE
console.log(`${((user + system) / events).toFixed(1)} us CPU a node event, all threads, executions' own events included`)
console.log(`resident memory in MB, each ${LOOK} executions: ${memory.join(', ')}`)
await vigie.shutdown()
rmSync(folder, { recursive: true })
