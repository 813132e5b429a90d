// Vigie's propagators behind the OpenTelemetry API: the formats that the setting `propagators` chooses.

import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api'
import { contextOver, injectFrom } from '../context/propagation.js'
import { begin } from '../runtime/first_use.js'
import { state } from '../runtime/state.js'
import { standing } from './current.js'
import { quiet } from './fault.js'
import { isRoot, isSuppressed, Mapping, nativeOf } from './mapping.js'

/** A carrier that headers are read from by a getter of the API. */
class Read {
  constructor(
    private readonly carrier: unknown,
    private readonly getter: TextMapGetter,
  ) {}

  get(name: string): string | string[] | undefined {
    return this.getter.get(this.carrier, name)
  }

  /** For fields that are known by their beginning. */
  *[Symbol.iterator](): Generator<readonly [string, unknown]> {
    for (const name of this.getter.keys(this.carrier)) yield [name, this.get(name)]
  }
}

/** A carrier that headers are written to by a setter of the API. */
class Written {
  constructor(
    private readonly carrier: unknown,
    private readonly setter: TextMapSetter,
  ) {}

  set(name: string, value: string): void {
    this.setter.set(this.carrier, name, value)
  }
}

/** A propagator that writes and reads what Vigie does: W3C trace context, baggage and the correlation id by default. Nothing throws. */
export class Propagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    if (!state.configured) begin()
    const from = nativeOf(context) ?? standing()
    if (isSuppressed(from)) return
    quiet('carrier', () => injectFrom(new Written(carrier, setter), from))
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    if (!state.configured) begin()
    const base = nativeOf(context) ?? standing()
    const found = quiet('carrier', () => contextOver(base, new Read(carrier, getter))) ?? base
    if (found !== base) return Mapping.from(found)
    // Instrumentations of servers go on from here; the API's own root would be read anew for each request.
    return isRoot(context) ? Mapping.NOTHING : context
  }

  fields(): string[] {
    if (!state.configured) begin()
    return [...state.settings.propagation.fields]
  }
}
