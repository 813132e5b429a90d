// The logger provider: takes what the official one takes, and makes loggers whose records Vigie writes.

import type * as api from '@opentelemetry/api-logs'
import { flush } from '../life/lifecycle.js'
import { ByScope, schema } from './by_scope.js'
import { quietLater } from './fault.js'
import { OtelLogger } from './logger.js'
import { needed } from './packages.js'
import type { Resource } from './readable.js'

/** Options of a logger provider, as the official one has them. */
export interface LoggerProviderOptions {
  readonly resource?: Resource | undefined
  /** They are shown each record by an official provider beside Vigie's outputs, which `@opentelemetry/sdk-logs` must be installed for. */
  readonly processors?: readonly object[] | undefined
}

/** The official provider. */
interface Official extends api.LoggerProvider {
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** A logger provider of the OpenTelemetry API over Vigie (OpenTelemetry Logs SDK, "LoggerProvider"). Its constructor throws where processors need a package that is not there. */
export class LoggerProvider implements api.LoggerProvider {
  private readonly official: Official | undefined
  private readonly loggers = new ByScope((scope): api.Logger => new OtelLogger(scope.name, this.official?.getLogger(scope.name, scope.version, schema(scope))))

  constructor(options: LoggerProviderOptions = {}) {
    if ((options.processors ?? []).length === 0) return
    const sdk = needed<{ LoggerProvider: new (options: LoggerProviderOptions) => Official }>('@opentelemetry/sdk-logs', 'processors')
    this.official = new sdk.LoggerProvider(options)
  }

  getLogger(name: string, version?: string, options?: { readonly schemaUrl?: string }): api.Logger {
    return this.loggers.of(name, version, options)
  }

  /** Waits until everything is out. Never rejects. */
  async forceFlush(): Promise<void> {
    await quietLater('log record processor', () => this.official?.forceFlush())
    await flush()
  }

  /** Ends the processors and flushes Vigie, which goes on: its outputs are not the provider's alone. Never rejects. */
  async shutdown(): Promise<void> {
    await quietLater('log record processor', () => this.official?.shutdown())
    await flush()
  }
}
