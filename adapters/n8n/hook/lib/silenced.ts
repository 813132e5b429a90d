// The records of nodes that n8n's `N8N_LOG_LEVEL` lets not through: its logger's methods below the level do nothing, so that no
// transport ever hears of them.

import { type Host, Missing } from './host.js'

type Method = (message: unknown, metadata?: { readonly [key: string]: unknown }) => void

export interface NodeLogger {
  getInternalLogger?(): { readonly silent?: boolean }
}

const METHODS = ['debug', 'info', 'warn', 'error']

/** Gives nodes a logger whose silenced methods tell `hear` and nobody else. */
export function hearSilenced(host: Host, logger: NodeLogger, hear: Method): void {
  const isSilent = logger.getInternalLogger?.().silent === true
  const silenced = METHODS.filter((method) => isSilent || Object.hasOwn(logger, method))
  if (silenced.length === 0) return
  const told = Object.create(logger, Object.fromEntries(silenced.map((method) => [method, { value: hear }]))) as NodeLogger
  const { prototype } = host.export<{ readonly prototype: object }>('n8n-core', 'ExecuteContext')
  Object.defineProperty(ownerOf(prototype, 'logger'), 'logger', { configurable: true, get: () => told })
}

/** Which of the prototypes has the property. */
function ownerOf(prototype: object, name: string): object {
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) if (Object.hasOwn(at, name)) return at
  throw new Missing(`a node's context has no ${name}`)
}
