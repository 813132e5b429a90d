// What LangChain itself keeps for all of its copies, under symbols of the process.

import { AsyncLocalStorage } from 'node:async_hooks'

const STORAGE = Symbol.for('ls:tracing_async_local_storage')
const CONFIG = Symbol.for('lc:child_config')

interface Store {
  readonly extra?: { readonly [CONFIG]?: { readonly callbacks?: { getParentRunId?(): unknown } } }
}

const holder = globalThis as { [STORAGE]?: Pick<AsyncLocalStorage<Store | undefined>, 'getStore'> }

/** The run that LangChain calls current: the one in whose body this is. */
export function currentRun(): string | undefined {
  const id = holder[STORAGE]?.getStore()?.extra?.[CONFIG]?.callbacks?.getParentRunId?.()
  return typeof id === 'string' ? id : undefined
}

/** Has LangChain keep its current run, as its entry `@langchain/core/context` and LangGraph do when they are loaded. */
export function keepCurrent(): void {
  holder[STORAGE] ??= new AsyncLocalStorage<Store | undefined>()
}
