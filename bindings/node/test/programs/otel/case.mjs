// Runs one case of cases.mjs behind Vigie's providers or the official ones, and prints what was recorded, in one shape.
//   node case.mjs vigie|official NAME
import { context, metrics, propagation, trace } from '@opentelemetry/api'
import { logs } from '@opentelemetry/api-logs'
import { createRequire } from 'node:module'
import { argv } from 'node:process'
import * as cases from './cases.mjs'

const require = createRequire(import.meta.url)
const [, , whose, name] = argv

/** Vigie behind the API. What is recorded is read from its lines. */
async function vigie() {
  const { register } = await import('../../../dist/esm/otel.js')
  const { capture } = await import('../../../dist/esm/testing.js')
  register({ service: 'cases', level: 'trace', outputs: [{ to: 'null' }] })
  const records = capture()
  return () => ({ spans: records.spans.map(spanOfLine), logs: records.logs.map(logOfLine) })
}

const KINDS = ['internal', 'server', 'client', 'producer', 'consumer']
const STATUSES = ['unset', 'ok', 'error']

const spanOfLine = (line) => ({
  id: line.span_id, parent: line.parent_span_id, trace: line.trace_id, name: line.name, kind: line.span_kind, scope: line.scope,
  status: line.status, message: line.status_message, attributes: line.attributes ?? {},
  events: (line.events ?? []).map((event) => ({ name: event.name, attributes: event.attributes ?? {} })), links: (line.links ?? []).length,
})

/** What a line has beside the attributes of its record. */
const OWN = ['timestamp', 'level', 'message', 'logger', 'service', 'host', 'pid', 'trace_id', 'span_id', 'error']
const LEVELS = { TRACE: 1, DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 }

const logOfLine = (line) => ({
  body: line.message, severity: LEVELS[line.level], span: line.span_id, scope: line.logger,
  attributes: Object.fromEntries(Object.entries(line).filter(([key]) => !OWN.includes(key))),
})

/** The official SDK, as its documentation sets it up. */
async function official() {
  const { NodeTracerProvider, SimpleSpanProcessor, InMemorySpanExporter } = require('@opentelemetry/sdk-trace-node')
  const { LoggerProvider, SimpleLogRecordProcessor, InMemoryLogRecordExporter } = require('@opentelemetry/sdk-logs')
  const spans = new InMemorySpanExporter()
  const records = new InMemoryLogRecordExporter()
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).register()
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: records })] }))
  return () => ({ spans: spans.getFinishedSpans().map(spanOfSdk), logs: records.getFinishedLogRecords().map(logOfSdk) })
}

const spanOfSdk = (span) => ({
  id: span.spanContext().spanId, parent: span.parentSpanContext?.spanId, trace: span.spanContext().traceId, name: span.name,
  kind: KINDS[span.kind], scope: span.instrumentationScope.name, status: STATUSES[span.status.code], message: span.status.message,
  attributes: span.attributes, events: span.events.map((event) => ({ name: event.name, attributes: event.attributes })), links: span.links.length,
})

const logOfSdk = (record) => ({
  body: record.body, severity: record.severityNumber, span: record.spanContext?.spanId, scope: record.instrumentationScope.name,
  attributes: record.attributes,
})

const recorded = await { vigie, official }[whose]()
await cases[name]({ require, context, metrics, propagation, trace })
// What a connection does last is recorded when it has closed.
await new Promise((resolve) => setTimeout(resolve, 100))
console.log(JSON.stringify(recorded()))
process.exit(0)
