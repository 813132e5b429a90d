// Workflows as n8n imports them, from a few words.

const TYPES = {
  webhook: ['n8n-nodes-base.webhook', 2],
  set: ['n8n-nodes-base.set', 3.4],
  code: ['n8n-nodes-base.code', 2],
  http: ['n8n-nodes-base.httpRequest', 4.2],
  noOp: ['n8n-nodes-base.noOp', 1],
  call: ['n8n-nodes-base.executeWorkflow', 1.2],
  called: ['n8n-nodes-base.executeWorkflowTrigger', 1.1],
  loop: ['n8n-nodes-base.splitInBatches', 3],
  wait: ['n8n-nodes-base.wait', 1.1],
  stop: ['n8n-nodes-base.stopAndError', 1],
  failed: ['n8n-nodes-base.errorTrigger', 1],
  merge: ['n8n-nodes-base.merge', 3],
  if: ['n8n-nodes-base.if', 2.2],
  manual: ['n8n-nodes-base.manualTrigger', 1],
  agent: ['@n8n/n8n-nodes-langchain.agent', 1.7],
  chat: ['@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2],
  tool: ['@n8n/n8n-nodes-langchain.toolCode', 1.1],
}

/** A node of this kind: its parameters, and what else it has (`retryOnFail`, `onError`, ...). */
export function node(kind, name, parameters = {}, more = {}) {
  const [type, typeVersion] = TYPES[kind]
  const webhookId = kind === 'webhook' || kind === 'wait' ? { webhookId: `hook-${name}` } : {}
  return { id: `id-${name}`, name, type, typeVersion, parameters, position: [0, 0], ...webhookId, ...more }
}

/** A webhook that answers with the last node's output, or at once. */
export function webhook(path, responseMode = 'lastNode') {
  return node('webhook', 'Webhook', { path, httpMethod: 'GET', responseMode, options: {} }, { webhookId: `hook-${path}` })
}

/** Sets one field. */
export function set(name, field = 'n', value = '1', more = {}) {
  return node('set', name, { assignments: { assignments: [{ id: `a-${name}`, name: field, value, type: 'string' }] }, includeOtherFields: true, options: {} }, more)
}

/** `links`: lines such as `A > B`, `A 1> B` from the second output, `Model ai_languageModel> Agent`. */
export function workflow(id, nodes, links, more = {}) {
  const connections = {}
  for (const link of links) {
    const [, from, how = '', to, input = '0'] = /^(.+?) ?(\d+|ai_\w+)?> (.+?)(?: @(\d+))?$/.exec(link)
    const type = how.startsWith('ai_') ? how : 'main'
    const output = type === 'main' ? Number(how) : 0
    const outputs = ((connections[from] ??= {})[type] ??= [])
    while (outputs.length <= output) outputs.push([])
    outputs[output].push({ node: to, type, index: Number(input) })
  }
  nodes.forEach((one, index) => (one.position = [index * 200, 0]))
  return { id, name: `flow ${id}`, nodes, connections, active: false, settings: { executionOrder: 'v1' }, pinData: {}, ...more }
}
