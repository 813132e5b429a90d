// A trace as a person would draw it.

export function byName(spans, name) {
  return spans.find((span) => span.name === name)
}

/** One line a span, in order of start, indented below its parent; what failed is marked. */
export function shape(spans) {
  const known = new Set(spans.map(({ span_id }) => span_id))
  const below = (parent) => spans.filter(({ parent_span_id: above }) => (parent === undefined ? !known.has(above) : above === parent)).sort(inTime)
  const draw = (span, depth) => [`${'  '.repeat(depth)}${span.name}${span.status === 'error' ? ' (error)' : ''}`, ...below(span.span_id).flatMap((one) => draw(one, depth + 1))]
  return below(undefined).flatMap((span) => draw(span, 0))
}

function inTime(a, b) {
  return a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0
}
