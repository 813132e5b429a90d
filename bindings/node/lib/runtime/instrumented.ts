// Which instrumentations for OpenTelemetry are at work, by their names: those that have asked for a tracer;
// and which bridges bring what others of them see. Not for what they record.

const names = new Set<string>()

/** An instrumentation of this name, or anything else that makes spans, is at work. */
export function instrumentedBy(name: string): void {
  names.add(name)
}

/** The first of these that is at work. */
export function whoInstruments(candidates: readonly string[]): string | undefined {
  return candidates.find((name) => names.has(name))
}

/** The libraries whose records come by a bridge, and by which. */
const bridges = new Map<string, string>()

/** What the instrumentation of this name records comes by a bridge already. */
export function bridged(instrumentation: string, bridge: string): void {
  bridges.set(instrumentation, bridge)
}

/** The bridge by which the records of an instrumentation come already. */
export function bridgeOf(instrumentation: string): string | undefined {
  return bridges.get(instrumentation)
}
