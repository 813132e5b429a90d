// The way of a record out of a node: through n8n's own logger, which the hook reads and which leaves a readable line without it.

import { KEY, type Level, type Source, type VigieRecord } from './record.js'

type Write = (message: string, metadata?: { [key: string]: unknown }) => void

/** What is used of the `this` that n8n gives to `execute`. */
export interface Host {
  readonly logger: { readonly debug: Write; readonly info: Write; readonly warn: Write; readonly error: Write }
  getExecutionId(): string
  getWorkflow(): { readonly id?: string | undefined }
  getNode(): { readonly name: string }
  setMetadata(metadata: { tracing?: { [key: string]: string | number | boolean } }): void
}

/** n8n's logger has four levels. */
const METHOD: { readonly [level in Level]: keyof Host['logger'] } = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'error',
}

/** Where a node's records come from. */
export function sourceOf(host: Host): Source {
  return { execution_id: host.getExecutionId(), workflow_id: host.getWorkflow().id ?? '', node: host.getNode().name }
}

/**
 * Writes a record. Nothing is thrown: telemetry that fails costs a line, never the run.
 *
 * @param level of n8n's logger; what is below n8n's `N8N_LOG_LEVEL` is not in its log, and the hook has it all the same
 */
export function send(host: Host, level: Level, message: string, record: VigieRecord): void {
  try {
    host.logger[METHOD[level]](message, { [KEY]: record })
  } catch {
    // The logger is the only place to say it.
  }
}
