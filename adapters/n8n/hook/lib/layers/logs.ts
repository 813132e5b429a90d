// L3: every record of n8n's logger as a line, with the execution, workflow and node that it is about.

import { Writable } from 'node:stream'
import * as vigie from 'vigie'
import { Missing } from '../host.js'
import * as names from '../names.js'
import { quiet } from '../quiet.js'
import type { Recorder } from '../recorder.js'
import { hearSilenced, type NodeLogger } from '../silenced.js'
import { KEY, NodeRecords } from '../told.js'
import type { Layer } from './layer.js'

interface LoggerService extends NodeLogger {
  getInternalLogger?(): { readonly silent?: boolean; add(transport: Writable): unknown }
}

interface Info {
  readonly level?: string
  readonly message?: unknown
  readonly [field: string]: unknown
}

/** Fields of n8n's records that have a name of their own here. */
const RENAMED: { readonly [field: string]: string } = {
  executionId: names.EXECUTION_ID,
  workflowId: names.WORKFLOW_ID,
  workflowName: names.WORKFLOW_NAME,
  nodeId: names.NODE_ID,
  nodeName: names.NODE_NAME,
  node: names.NODE_NAME,
  file: 'code.file.path',
  function: 'code.function.name',
  projectId: 'n8n.project.id',
}

/** Fields that say nothing beside the rest; `error` is the record's error. */
const LEFT_OUT: ReadonlySet<string> = new Set(['level', 'message', 'scopes', 'timestamp', 'error'])

/** What winston writes to. Its `log` is what tells winston that this is a transport of today. */
class Transport extends Writable {
  constructor(private readonly take: (info: Info) => unknown) {
    super({ objectMode: true })
  }

  log(info: Info, done: () => void): void {
    quiet('logs', () => this.take(info))
    done()
  }

  override _write(info: Info, _encoding: string, done: () => void): void {
    this.log(info, done)
  }
}

export const logs: Layer = {
  name: 'logs',
  install(host, recorder) {
    const logger = host.service<LoggerService>('@n8n/backend-common', 'Logger')
    const internal = logger.getInternalLogger?.()
    if (typeof internal?.add !== 'function') throw new Missing('the logger takes no transports')
    const records = new NodeRecords(recorder)
    internal.add(new Transport((info) => records.take(plain(info.message), info[KEY]) || write(recorder, info)))
    hearSilenced(host, logger, (message, metadata) => quiet('logs', () => records.take(plain(message), metadata?.[KEY])))
  },
}

function write(recorder: Recorder, info: Info): void {
  const { level = 'info', message, scopes, error, executionId } = info
  const attributes: { [key: string]: unknown } = {}
  for (const [field, value] of Object.entries(info)) if (!LEFT_OUT.has(field)) attributes[renamed(field, value)] = value
  const name = Array.isArray(scopes) && scopes.length > 0 ? `n8n.${scopes.join('.')}` : 'n8n'
  const log = (): void => (error === undefined ? logger(name).log(level, plain(message), attributes) : logger(name).log(level, plain(message), asError(error), attributes))
  // A record that only names its execution is written where that stands.
  const around = vigie.currentContext().spanId === undefined && typeof executionId === 'string' ? recorder.execution(executionId)?.context : undefined
  if (around === undefined) log()
  else vigie.withContext(around, log)
}

const loggers = new Map<string, vigie.Logger>()

function logger(name: string): vigie.Logger {
  const known = loggers.get(name) ?? vigie.getLogger(name)
  loggers.set(name, known)
  return known
}

function renamed(field: string, value: unknown): string {
  const name = RENAMED[field]
  return name !== undefined && typeof value !== 'object' ? name : field
}

/** n8n's messages are no templates: their braces are what they are. */
function plain(message: unknown): string {
  return String(message).replaceAll('{', '{{').replaceAll('}', '}}')
}

/** n8n turns errors into objects before it writes them. */
function asError(error: unknown): Error {
  if (error instanceof Error) return error
  const { name, message, stack, cause } = (typeof error === 'object' && error !== null ? error : { message: error }) as Partial<Error>
  const made = new Error(String(message), cause === undefined ? undefined : { cause: asError(cause) })
  if (typeof name === 'string') made.name = name
  if (typeof stack === 'string') made.stack = stack
  return made
}
