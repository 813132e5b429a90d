// Something with the hook points of n8n, and nothing behind them: what was recorded on the real one is played into it.
// Not for what n8n does: that is tested on the real n8n (test/real).

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

/** Modules by what they export. */
const MODULES = {
  '@n8n/di': `
    const known = new Map()
    exports.Service = () => (type) => type
    exports.Container = { get: (type) => known.get(type) ?? known.set(type, new type()).get(type) }`,
  '@n8n/decorators': `
    exports.LifecycleMetadata = class { constructor() { this.handlers = [] } register(handler) { this.handlers.push(handler) } }`,
  'n8n-core': `
    exports.WorkflowExecute = class { async runNode(workflow, entry) { return entry.outcome } }`,
}

/** A folder that looks like an installed n8n, and the file that the process would have been started with. */
export function likeness(modules = MODULES) {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-likeness-'))
  const main = join(folder, 'n8n.js')
  writeFileSync(main, '')
  for (const [name, text] of Object.entries(modules)) {
    const home = join(folder, 'node_modules', name)
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'index.js'), text)
  }
  return { main, load: createRequire(main) }
}

export { MODULES }

/** Plays a recording: calls what n8n called, in the same order. */
export async function play(load, file) {
  const { Container } = load('@n8n/di')
  const { handlers } = Container.get(load('@n8n/decorators').LifecycleMetadata)
  const engine = new (load('n8n-core').WorkflowExecute)()
  const pending = new Map()
  for (const line of readFileSync(file, 'utf8').trim().split('\n').map((text) => JSON.parse(text))) {
    if (line.type === 'runNode') pending.set(line.call, started(engine, line))
    else if (line.type === 'returned') await settled(pending.get(line.call), ({ resolve }) => resolve(line.output))
    else if (line.type === 'threw') await settled(pending.get(line.call), ({ reject }) => reject(Object.assign(new Error(line.error.message), line.error)))
    else for (const { handlerClass, methodName } of handlers.filter(({ eventName }) => eventName === line.type)) Container.get(handlerClass)[methodName](one(line))
  }
}

function started(engine, { entry, executionId, runIndex }) {
  const { promise, resolve, reject } = withResolvers()
  const result = engine.runNode({}, { ...entry, outcome: promise }, {}, runIndex, { executionId }).catch(() => {})
  return { resolve, reject, result }
}

function withResolvers() {
  let resolve
  let reject
  const promise = new Promise((a, b) => ([resolve, reject] = [a, b]))
  return { promise, resolve, reject }
}

async function settled(call, settle) {
  settle(call)
  await call.result
}

/** In n8n the run that an event tells of is the one in the execution's data; a recording holds it twice. */
function one(line) {
  const all = line.executionData?.resultData.runData?.[line.nodeName]
  const same = all?.find((task) => isDeepStrictEqual(task, line.taskData))
  return same === undefined ? line : { ...line, taskData: same }
}
