// An external hook of n8n for the tests: publishes every workflow before n8n activates what is published. The command that does
// so starts all of n8n for each.
const { createRequire } = require('node:module')

const from = createRequire(require.main.filename)
const { Container } = from('@n8n/di')
const { WorkflowRepository } = from('@n8n/db')

async function publishAll() {
  const repository = Container.get(WorkflowRepository)
  for (const { id } of await repository.find({ select: ['id'] })) await repository.publishVersion(id)
}

module.exports = { n8n: { ready: [publishAll] } }
