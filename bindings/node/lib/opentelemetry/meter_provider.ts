// The meter provider: takes what the official one takes, and makes meters whose instruments are Vigie's.

import type * as api from '@opentelemetry/api'
import { flush } from '../life/lifecycle.js'
import { ByScope, schema } from './by_scope.js'
import { quietLater } from './fault.js'
import { VigieMeter } from './meter.js'
import { Observables } from './observables.js'
import { needed } from './packages.js'
import type { Resource } from './readable.js'

/** Options of a meter provider, as the official one has them. */
export interface MeterProviderOptions {
  readonly resource?: Resource | undefined
  /** They read an official provider beside Vigie's outputs, which `@opentelemetry/sdk-metrics` must be installed for. */
  readonly readers?: readonly object[] | undefined
  /** What those readers see; Vigie's outputs are not changed by them. */
  readonly views?: readonly object[] | undefined
}

/** The official provider. */
interface Official extends api.MeterProvider {
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** A meter provider of the OpenTelemetry API over Vigie (OpenTelemetry Metrics SDK, "MeterProvider"). Its constructor throws where readers need a package that is not there. */
export class MeterProvider implements api.MeterProvider {
  private readonly official: Official | undefined
  private readonly observables = new Observables()
  private readonly meters = new ByScope((scope): api.Meter => new VigieMeter(this.observables, this.official?.getMeter(scope.name, scope.version, schema(scope))))

  constructor(options: MeterProviderOptions = {}) {
    const { readers = [], views = [] } = options
    if (readers.length + views.length === 0) return
    const sdk = needed<{ MeterProvider: new (options: MeterProviderOptions) => Official }>('@opentelemetry/sdk-metrics', 'readers')
    this.official = new sdk.MeterProvider(options)
  }

  getMeter(name: string, version?: string, options?: { readonly schemaUrl?: string }): api.Meter {
    return this.meters.of(name, version, options)
  }

  /** Waits until everything is out. Never rejects. */
  async forceFlush(): Promise<void> {
    await quietLater('metric reader', () => this.official?.forceFlush())
    await flush()
  }

  /** Ends the readers and flushes Vigie, which goes on: its outputs are not the provider's alone. Never rejects. */
  async shutdown(): Promise<void> {
    await quietLater('metric reader', () => this.official?.shutdown())
    await flush()
  }
}
