// L4: what happens around executions: the queue, the task runner, limits, and who changed what.

import * as vigie from 'vigie'
import { Missing } from '../host.js'
import * as names from '../names.js'
import { quiet } from '../quiet.js'
import type { Recorder } from '../recorder.js'
import type { Layer } from './layer.js'

interface Emitter {
  on?(name: string, listener: (event: Event | undefined) => void): unknown
}
type Event = { readonly [key: string]: unknown }

/** Of the machinery: counted, and written at this level. */
const MACHINERY: { readonly [name: string]: vigie.Level } = {
  'job-enqueued': 'debug',
  'job-dequeued': 'debug',
  'job-stalled': 'error',
  'execution-throttled': 'warn',
  'execution-cancelled': 'warn',
  'execution-started-during-bootup': 'info',
  'execution-waiting': 'info',
  'execution-resumed': 'info',
  'runner-task-requested': 'debug',
  'runner-response-received': 'debug',
}

/** Of people: an audit line each. */
const AUDITED = [
  ...['workflow-created', 'workflow-deleted', 'workflow-archived', 'workflow-unarchived', 'workflow-activated', 'workflow-deactivated', 'workflow-saved'],
  ...['user-deleted', 'user-invited', 'user-updated', 'user-signed-up', 'user-logged-in', 'user-login-failed', 'user-mfa-enabled', 'user-mfa-disabled'],
  ...['public-api-key-created', 'public-api-key-deleted', 'public-api-key-rotated'],
  ...['credentials-created', 'credentials-updated', 'credentials-deleted', 'credentials-shared'],
  ...['variable-created', 'variable-updated', 'variable-deleted', 'execution-deleted', 'execution-data-revealed'],
  ...['community-package-installed', 'community-package-updated', 'community-package-deleted'],
]

/** What of an event is written: ids and kinds, never names of people, never contents. */
const KEPT: { readonly [key: string]: string } = {
  executionId: names.EXECUTION_ID,
  workflowId: names.WORKFLOW_ID,
  nodeId: names.NODE_ID,
  taskId: 'n8n.runner.task_id',
  jobId: names.QUEUE_JOB_ID,
  hostId: 'n8n.instance.host_id',
  credentialId: 'n8n.credential.id',
  credentialType: 'n8n.credential.type',
  projectId: 'n8n.project.id',
  publicApi: 'n8n.public_api',
  authenticationMethod: 'n8n.authentication_method',
  reason: 'n8n.reason',
  type: 'n8n.type',
  packageName: 'n8n.package.name',
}

export const events: Layer = {
  name: 'events',
  install(host, recorder) {
    const emitter = host.service<Emitter>('n8n/dist/events/event.service', 'EventService')
    if (typeof emitter.on !== 'function') throw new Missing('EventService has no on')
    for (const [name, level] of Object.entries(MACHINERY)) emitter.on(name, (event = {}) => quiet(name, () => ofMachinery(recorder, name, level, event)))
    for (const name of AUDITED) emitter.on(name, (event = {}) => quiet(name, () => audited(name, event)))
  },
}

function ofMachinery(recorder: Recorder, name: string, level: vigie.Level, event: Event): void {
  recorder.metrics.event(name)
  const execution = typeof event['executionId'] === 'string' ? recorder.execution(event['executionId']) : undefined
  const attributes = { event: `n8n.${name}`, ...kept(event) }
  const write = (): void => vigie.getLogger(names.LOGGER).log(level, name, attributes)
  if (execution === undefined) write()
  else vigie.withContext(execution.context, write)
}

function audited(name: string, event: Event): void {
  vigie.getLogger('n8n.audit').info(name, { event: `n8n.audit.${name}`, category: 'iam', ...kept(event) })
}

function kept(event: Event): vigie.Attributes {
  const found: { [key: string]: unknown } = {}
  for (const [key, name] of Object.entries(KEPT)) if (event[key] !== undefined && typeof event[key] !== 'object') found[name] = event[key]
  const { user, workflow } = event as { readonly user?: { readonly id?: unknown } | null; readonly workflow?: { readonly id?: unknown } | null }
  if (user?.id !== undefined) found['user_id'] = user.id
  if (workflow?.id !== undefined) found[names.WORKFLOW_ID] = workflow.id
  return found
}
