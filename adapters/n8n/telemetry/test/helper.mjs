// A host as n8n gives it to `execute`, as far as telemetry asks it: it keeps what is written.

export function host(overrides = {}) {
  const written = []
  const method = (level) => (message, metadata) => written.push({ level, message, record: metadata.vigie })
  const metadata = []
  return {
    written,
    metadata,
    logger: Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [level, method(level)])),
    getExecutionId: () => '17',
    getWorkflow: () => ({ id: 'w1' }),
    getNode: () => ({ name: 'Order' }),
    getInputData: () => [{}, {}],
    setMetadata: (given) => metadata.push(given),
    ...overrides,
  }
}

export const SOURCE = { execution_id: '17', workflow_id: 'w1', node: 'Order' }
