// Which instrumentations for OpenTelemetry are at work: those that have asked for a tracer, by their names.
// Not for what they record.

const names = new Set<string>()

/** An instrumentation of this name, or anything else that makes spans, is at work. */
export function instrumentedBy(name: string): void {
  names.add(name)
}

/** The first of these that is at work. */
export function whoInstruments(candidates: readonly string[]): string | undefined {
  return candidates.find((name) => names.has(name))
}
