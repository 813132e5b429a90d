// A hook that writes what n8n tells of executions into RECORD, a line each, for the tests that run without n8n.

const { appendFileSync } = require('node:fs')
const { createRequire } = require('node:module')

const load = createRequire(require.main.filename)
const { Container, Service } = load('@n8n/di')
const { LifecycleMetadata } = load('@n8n/decorators')
const { WorkflowExecute } = load('n8n-core')

const write = (line) => appendFileSync(process.env.RECORD, `${JSON.stringify(line)}\n`)

class Recording {
  record({ workflowInstance, executionData, runData, ...event }) {
    const { id, name, versionId, nodes, settings } = event.workflow
    const workflow = { id, name, versionId, nodes, settings }
    write({ ...event, workflow, ...(workflowInstance && { workflowInstance: {} }), ...(executionData && { executionData }), ...(runData && { runData }) })
  }
}
Service()(Recording)
for (const eventName of ['workflowExecuteBefore', 'workflowExecuteResume', 'nodeExecuteBefore', 'nodeExecuteAfter', 'workflowExecuteAfter']) {
  Container.get(LifecycleMetadata).register({ handlerClass: Recording, methodName: 'record', eventName })
}

const { runNode } = WorkflowExecute.prototype
let calls = 0
WorkflowExecute.prototype.runNode = function (...all) {
  const [, { node, data }, , runIndex, { executionId }] = all
  const call = ++calls
  write({ type: 'runNode', call, executionId, entry: { node, data }, runIndex })
  const result = runNode.apply(this, all)
  result.then((output) => write({ type: 'returned', call, output }), ({ name, message, stack, httpCode }) => write({ type: 'threw', call, error: { name, message, stack, httpCode } }))
  return result
}

module.exports = {}
