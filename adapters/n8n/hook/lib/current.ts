// The execution whose node's code runs here, through timers, events and promises.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { Execution } from './execution.js'

export const current = new AsyncLocalStorage<Execution>()
