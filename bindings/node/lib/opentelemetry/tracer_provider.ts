// The tracer provider: takes what the official one takes, and makes tracers whose spans Vigie records.

import type * as api from '@opentelemetry/api'
import { flush } from '../life/lifecycle.js'
import { atEnd } from './at_end.js'
import { instrumentedBy } from '../runtime/instrumented.js'
import { ByScope } from './by_scope.js'
import { deciding, type IdGenerator, type Sampler } from './decision.js'
import { quietLater } from './fault.js'
import { defaultResource } from './resource.js'
import type { Resource, SpanProcessor } from './readable.js'
import { type Provider, Scope } from './scope.js'
import { VigieTracer } from './tracer.js'

/** Options of a tracer provider, as the official one has them. */
export interface TracerProviderOptions {
  /** Asked for each span. Without it Vigie decides, which is the quick way. */
  readonly sampler?: Sampler | undefined
  /** Makes the ids. Without it Vigie does. */
  readonly idGenerator?: IdGenerator | undefined
  /** What span processors are shown of the process. What lines and exports say comes from Vigie's configuration. */
  readonly resource?: Resource | undefined
  /** Who is shown each span, beside what Vigie does with it. */
  readonly spanProcessors?: readonly SpanProcessor[] | undefined
  /** Taken without effect: `limits` of the configuration counts. */
  readonly spanLimits?: object | undefined
}

/** A tracer provider of the OpenTelemetry API over Vigie (OpenTelemetry Trace SDK, "TracerProvider"). Its constructor throws nothing. */
export class TracerProvider implements api.TracerProvider, Provider {
  readonly processors: readonly SpanProcessor[]
  private readonly tracers: ByScope<api.Tracer>
  private given: Resource | undefined

  constructor({ sampler, idGenerator, resource, spanProcessors = [] }: TracerProviderOptions = {}) {
    this.processors = [...spanProcessors]
    const decide = sampler === undefined && idGenerator === undefined ? undefined : deciding(sampler, idGenerator)
    this.tracers = new ByScope((scope) => {
      instrumentedBy(scope.name)
      return new VigieTracer(new Scope(this, scope), decide)
    })
    this.given = resource
    if (this.processors.length > 0) atEnd(() => this.forceFlush())
  }

  /** What the provider was told of the process. */
  get resource(): Resource {
    return (this.given ??= defaultResource())
  }

  getTracer(name: string, version?: string, options?: { readonly schemaUrl?: string }): api.Tracer {
    return this.tracers.of(name, version, options)
  }

  /** Waits until everything is out, in the processors and in Vigie's outputs. Never rejects. */
  async forceFlush(): Promise<void> {
    for (const processor of this.processors) await quietLater('span processor', () => processor.forceFlush())
    await flush()
  }

  /** Ends the processors and flushes Vigie, which goes on: its outputs are not the provider's alone. Never rejects. */
  async shutdown(): Promise<void> {
    for (const processor of this.processors) await quietLater('span processor', () => processor.shutdown())
    await flush()
  }
}
