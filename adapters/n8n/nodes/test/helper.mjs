// A node as n8n runs it, in process: its parameters with their defaults as n8n-workflow's own helper fills them in, the rest of
// `this` as far as these nodes ask for it. n8n's own context comes with all of n8n; the tests on the real n8n (hook/test/real) have it.
import { createRequire } from 'node:module'

// Its modules for `import` name each other without an ending, which Node does not find.
const { NodeHelpers } = createRequire(import.meta.url)('n8n-workflow')
const dist = createRequire(new URL('../dist/', import.meta.url))

/** The class of a node, as n8n loads it: by the name of its file. */
export function nodeType(name) {
  return new (dist(`./nodes/${name}/${name}.node.js`)[name])()
}

/** What a workflow keeps between runs, and an execution between nodes. */
export function memory() {
  return { statics: {}, flow: {}, custom: {} }
}

/** Runs a node; parameters may be a function of the item's index. */
export async function run(name, parameters, { items = [{ json: {} }], kept = memory(), ...more } = {}) {
  const type = nodeType(name)
  const written = []
  const metadata = []
  const hints = []
  const log = (level) => (message, { vigie } = {}) => written.push({ level, message, record: vigie })
  const node = { id: 'n', name, type: type.description.name, typeVersion: 1, position: [0, 0], parameters: {}, ...more.node }
  const filled = (index) => {
    const given = typeof parameters === 'function' ? parameters(index) : parameters
    return NodeHelpers.getNodeParameters(type.description.properties, given, true, false, node, type.description)
  }
  const context = {
    logger: Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [level, log(level)])),
    getNode: () => node,
    getWorkflow: () => ({ id: 'w', name: 'workflow', active: true }),
    getExecutionId: () => '7',
    getTimezone: () => 'UTC',
    getInputData: () => items,
    getNodeParameter: (parameter, index, fallback) => filled(index)[parameter] ?? fallback,
    getWorkflowStaticData: () => kept.statics,
    getContext: () => kept.flow,
    customData: { get: (key) => kept.custom[key] },
    runExecutionData: more.runExecutionData,
    setMetadata: (given) => metadata.push(given),
    addExecutionHints: (hint) => hints.push(hint),
    continueOnFail: () => more.continueOnFail ?? false,
    helpers: more.helpers,
  }
  const outputs = await type.execute.call(context)
  return { outputs, written, records: written.map(({ record }) => record), metadata, hints }
}

export const json = (items) => items.map((item) => item.json)
