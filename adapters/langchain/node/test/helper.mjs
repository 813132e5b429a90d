// What tests share: a place for a scenario, the tree of spans, and what was printed.
import * as vigie from 'vigie'

/** A place whose HTTP client has spans. */
export function place(config = {}) {
  return {
    config,
    http: () => vigie.span('GET /chat', {}, async () => {}, { kind: 'client' }),
    current: () => vigie.currentContext().spanId,
    seen: {},
  }
}

/** Each span but the outermost with its parent and, unless all went well, how it ended. */
export function tree(spans) {
  const names = new Map(spans.map((span) => [span.span_id, span.name]))
  const seen = {}
  for (const span of spans) {
    if (span.parent_span_id === undefined) continue
    const state = span.attributes?.['vigie.run.state'] ?? (span.status === 'error' ? 'error' : undefined)
    const line = `${span.name} < ${names.get(span.parent_span_id)}${state === undefined ? '' : ` (${state})`}`
    seen[line] = (seen[line] ?? 0) + 1
  }
  return seen
}

/** Runs `fn` and tells what it wrote to standard error meanwhile, by whatever way of JavaScript. */
export async function silent(fn) {
  const { write } = process.stderr
  const said = { error: console.error, warn: console.warn }
  let printed = ''
  const keep = (...all) => {
    printed += `${all.join(' ')}\n`
    return true
  }
  process.stderr.write = keep
  console.error = keep
  console.warn = keep
  try {
    return { value: await fn(), printed }
  } finally {
    process.stderr.write = write
    Object.assign(console, said)
  }
}
