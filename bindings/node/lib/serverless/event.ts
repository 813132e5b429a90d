// What the event and the context of an AWS Lambda invocation say. Both come from outside: nothing about them is relied on, and what
// cannot be read counts as absent. Follows OpenTelemetry's semantic conventions for FaaS and AWS Lambda.

import process from 'node:process'
import type { ContextImpl } from '../context/context.js'
import { contextFrom } from '../context/propagation.js'
import type { Attributes, Carrier, Context, Link } from '../types.js'
import { quietly } from '../values/budget.js'

/** What is known of an invocation at its beginning. */
export interface Seen {
  readonly name: string | undefined
  readonly attributes: Attributes
  readonly parent: Context | undefined
  readonly links: readonly Link[]
  readonly isHttp: boolean
  /** How long it may still run, in milliseconds; undefined when nobody says. */
  readonly leftMs: number | undefined
}

/** No function runs for longer; what is told beyond it is no time. */
const LONGEST_MS = 86_400_000

/** What invokes a function, by the source that its records name. */
const TRIGGERS: ReadonlyMap<string, string> = new Map([
  ['aws:sqs', 'pubsub'],
  ['aws:sns', 'pubsub'],
  ['aws:kinesis', 'pubsub'],
  ['aws:kafka', 'pubsub'],
  ['aws:mq', 'pubsub'],
  ['aws:s3', 'datasource'],
  ['aws:dynamodb', 'datasource'],
])

type Members = { readonly [name: string]: unknown }
type Put = { [name: string]: string }

interface FromEvent {
  readonly trigger: string | undefined
  readonly http: Put | undefined
  readonly parent: Context | undefined
  readonly links: readonly Link[]
}

const NOTHING: FromEvent = { trigger: undefined, http: undefined, parent: undefined, links: [] }

/** What these two say. */
export function seen(event: unknown, context: unknown): Seen {
  const told = quietly({}, () => ofContext(members(context)))
  const { trigger, http, parent, links } = quietly(NOTHING, () => ofEvent(members(event)))
  const attributes = { ...told, ...(trigger === undefined ? {} : { 'faas.trigger': trigger }), ...http }
  return { name: told['faas.name'], attributes, parent, links, isHttp: http !== undefined, leftMs: quietly(undefined, () => left(members(context))) }
}

/** Whether the environment was started ahead of any invocation, so that none waited for it. */
export function isProvisioned(): boolean {
  return process.env['AWS_LAMBDA_INITIALIZATION_TYPE'] === 'provisioned-concurrency'
}

/** The status of an HTTP response, where the result of a handler is one. */
export function statusCode(result: unknown): number | undefined {
  const status = members(result)['statusCode']
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined
}

function left(context: Members): number | undefined {
  const ask = context['getRemainingTimeInMillis']
  const ms: unknown = typeof ask === 'function' ? ask.call(context) : undefined
  return typeof ms === 'number' && !Number.isNaN(ms) ? Math.min(Math.max(0, ms), LONGEST_MS) : undefined
}

function ofContext(context: Members): Put {
  const version = text(context['functionVersion'])
  const put = {
    'faas.invocation_id': text(context['awsRequestId']),
    'faas.name': text(context['functionName']) ?? text(process.env['AWS_LAMBDA_FUNCTION_NAME']),
    'faas.version': version,
    ...ofArn(text(context['invokedFunctionArn']), version),
  }
  return Object.fromEntries(Object.entries(put).filter((pair): pair is [string, string] => pair[1] !== undefined))
}

/** What `arn:aws:lambda:region:account:function:name:alias` says. */
function ofArn(arn: string | undefined, version: string | undefined): { [name: string]: string | undefined } {
  if (arn === undefined) return {}
  const parts = arn.split(':')
  if (parts.length < 7) return { 'aws.lambda.invoked_arn': arn }
  // An alias is a name for a version, which is what ran.
  const qualifier = parts.length > 7 ? [version ?? parts[7]] : []
  return {
    'aws.lambda.invoked_arn': arn,
    'cloud.resource_id': [...parts.slice(0, 7), ...qualifier].join(':'),
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_lambda',
    'cloud.region': text(parts[3]),
    'cloud.account.id': text(parts[4]),
  }
}

function ofEvent(event: Members): FromEvent {
  const http = ofRequest(event)
  const records = http === undefined ? ofRecords(event) : NOTHING
  const trigger = http === undefined ? (records.trigger ?? ofBus(event)) : 'http'
  const headers = Object.keys(members(event['headers'])).length > 0 ? event['headers'] : event['multiValueHeaders']
  const parent = Object.keys(members(headers)).length > 0 ? contextFrom(headers as Carrier) : records.parent
  return { trigger, http, parent: isNamed(parent) ? parent : (ofRuntime() ?? parent), links: records.links }
}

/** The trace that the runtime says the function is invoked in, where the propagator of X-Ray is chosen. */
function ofRuntime(): Context | undefined {
  return remote({ 'x-amzn-trace-id': process.env['_X_AMZN_TRACE_ID'] })
}

/** API Gateway with payloads of version 1 and 2, function URLs, load balancers. */
function ofRequest(event: Members): Put | undefined {
  const request = members(event['requestContext'])
  if (request !== event['requestContext']) return undefined
  const method = text(event['httpMethod']) ?? text(members(request['http'])['method'])
  if (method === undefined) return undefined
  const route = text(event['resource']) ?? text(event['routeKey'])?.split(' ').at(-1)
  return { 'http.request.method': method, ...(route?.startsWith('/') ? { 'http.route': route } : {}) }
}

/** Queues, topics, streams and stores, whose events are lists of records. */
function ofRecords(event: Members): FromEvent {
  const records: unknown = event['Records']
  if (!Array.isArray(records)) return { ...NOTHING, trigger: TRIGGERS.get(text(event['eventSource']) ?? '') }
  const first = members(records[0])
  const source = text(first['eventSource']) ?? text(first['EventSource']) ?? ''
  const trigger = TRIGGERS.get(source)
  if (source !== 'aws:sqs') return { ...NOTHING, trigger }
  const contexts = records.map((record) => ofMessage(members(record))).filter((context) => context !== undefined)
  if (records.length === 1) return { ...NOTHING, trigger, parent: contexts[0] }
  return { ...NOTHING, trigger, links: contexts.map((context) => ({ context })) }
}

/** The context that a message of a queue was sent in. The header of AWS counts where it can be read: it is X-Ray's, or a `traceparent`. */
function ofMessage(record: Members): Context | undefined {
  const carrier: Put = {}
  for (const [name, value] of Object.entries(members(record['messageAttributes']))) {
    const one = text(members(value)['stringValue'])
    if (one !== undefined) carrier[name] = one
  }
  const ofAws = text(members(record['attributes'])['AWSTraceHeader'])
  return remote(carrier) ?? remote({ 'x-amzn-trace-id': ofAws, traceparent: ofAws })
}

function remote(carrier: Carrier): Context | undefined {
  const context = contextFrom(carrier)
  return isNamed(context) ? context : undefined
}

/** Whether another process's span is named in it. */
function isNamed(context: Context | undefined): boolean {
  const { isRemote, carried } = (context ?? {}) as Partial<ContextImpl>
  return isRemote === true || (carried?.aside?.linked ?? null) !== null
}

/** Rules of EventBridge that run by the clock. */
function ofBus(event: Members): string | undefined {
  return event['source'] === 'aws.events' && 'detail-type' in event ? 'timer' : undefined
}

/** The members of an object, none of anything else. */
function members(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
