// The tools that are compared, each set up as its own pages say, behind one face:
// `span` runs a function in a span of the application, `current` tells the id of the current span, `spans` those that ended since
// it was asked last, `open` how many were started and have not ended.
// Not for the comparison: see compare.mjs.
import { mkdtempSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manager } from '../test/manager.mjs'

const require = createRequire(import.meta.url)

/** Nothing at all: what the others' overhead is measured against. */
const none = async () => ({ span: (_name, fn) => fn(), current: () => undefined, spans: () => [], open: () => 0 })

/** Vigie with a file as output, so that every span is encoded and written. */
async function vigie() {
  const face = await import('vigie')
  const { instrument, stats } = await import('../dist/index.js')
  const path = join(mkdtempSync(join(tmpdir(), 'vigie-compare-')), 'spans.jsonl')
  face.init({ service: 'compare', outputs: [{ to: 'file', path, signals: ['spans'] }] })
  await instrument()
  let read = 0
  const spans = () => {
    face.flushSync()
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line))
    const fresh = lines.slice(read)
    read = lines.length
    return fresh.map((line) => ({ name: line.name, id: line.span_id, parent: line.parent_span_id, trace: line.trace_id, status: line.status, attributes: line.attributes ?? {} }))
  }
  return { span: (name, fn) => face.span(name, fn), current: () => face.currentContext().spanId, spans, open: () => stats().open }
}

const STATUSES = ['unset', 'ok', 'error']

/** A tool that makes OpenTelemetry's spans. */
async function onOpenTelemetry(isMeasured, make) {
  const { context, trace } = require('@opentelemetry/api')
  const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
  const { BasicTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base')
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const ended = []
  let open = 0
  const counting = {
    onStart: () => open++,
    onEnd: (span) => {
      open--
      ended.push(span)
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const dropping = { export: (_spans, done) => done({ code: 0 }), shutdown: async () => {}, forceFlush: async () => {} }
  const provider = new BasicTracerProvider({ spanProcessors: [isMeasured ? new BatchSpanProcessor(dropping) : counting] })
  trace.setGlobalTracerProvider(provider)
  const tracer = provider.getTracer('app')
  await make(provider)
  const span = (name, fn) =>
    tracer.startActiveSpan(name, async (own) => {
      try {
        return await fn()
      } finally {
        own.end()
      }
    })
  const told = ({ name, attributes, status, parentSpanContext, spanContext }, of) => {
    const { spanId, traceId } = spanContext.call(of)
    return { name, id: spanId, parent: parentSpanContext?.spanId, trace: traceId, status: STATUSES[status.code], attributes }
  }
  return { span, current: () => trace.getActiveSpan()?.spanContext().spanId, spans: () => ended.splice(0).map((one) => told(one, one)), open: () => open }
}

const openInference = (isMeasured) =>
  onOpenTelemetry(isMeasured, (tracerProvider) => {
    const { LangChainInstrumentation } = require('@arizeai/openinference-instrumentation-langchain')
    new LangChainInstrumentation({ tracerProvider }).manuallyInstrument(patchable())
  })

const openLLMetry = (isMeasured) =>
  onOpenTelemetry(isMeasured, async (tracerProvider) => {
    const { LangChainInstrumentation } = require('@traceloop/instrumentation-langchain')
    const instrumentation = new LangChainInstrumentation()
    instrumentation.setTracerProvider(tracerProvider)
    instrumentation.manuallyInstrument({ callbackManagerModule: manager })
  })

/** The peers want a module that they may mark; that of ES modules may not be written to. */
function patchable() {
  return { ...manager }
}

export const TOOLS = { none, Vigie: vigie, OpenInference: openInference, OpenLLMetry: openLLMetry }
