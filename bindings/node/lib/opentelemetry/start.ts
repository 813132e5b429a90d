// Starts Vigie before a program, which is not changed for it: `node --import vigie/register app.js`.

import * as modules from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { begin } from '../runtime/first_use.js'
import { quiet } from './fault.js'
import { fromProgram } from './packages.js'
import { type Instrumentation, register } from './register.js'

/** Names the instrumentations that are made: `http,express`. */
const ENABLED = 'OTEL_NODE_ENABLED_INSTRUMENTATIONS'

/**
 * Reads the configuration and, where the program has the OpenTelemetry API, stands behind it, with the instrumentations that
 * `@opentelemetry/auto-instrumentations-node` or `OTEL_NODE_ENABLED_INSTRUMENTATIONS` names. Never throws.
 */
export function start(): void {
  begin()
  if (fromProgram('@opentelemetry/api') === undefined) return
  quiet('start', () => {
    hookModules()
    register({ instrumentations: instrumentations() })
  })
}

/** ES modules are patched through a hook that comes with the instrumentations. Its own thread preloads what `--require` names, too. */
function hookModules(): void {
  if (!isMainThread) return
  const place = pathToFileURL(process.argv[1] ?? join(process.cwd(), 'program'))
  const hook = '@opentelemetry/instrumentation/hook.mjs'
  if (fromProgram('@opentelemetry/instrumentation') !== undefined) modules.register?.(hook, place)
}

function instrumentations(): readonly Instrumentation[] {
  const automatic = fromProgram<{ getNodeAutoInstrumentations(): Instrumentation[] }>('@opentelemetry/auto-instrumentations-node')
  if (automatic !== undefined) return automatic.getNodeAutoInstrumentations()
  const names = (process.env[ENABLED] ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '')
  return names.flatMap((name) => quiet(`instrumentation ${name}`, () => made(name)) ?? [])
}

/** What the package of an instrumentation exports under a name that says so. */
function made(name: string): Instrumentation[] {
  const found = fromProgram<{ [name: string]: new () => Instrumentation }>(`@opentelemetry/instrumentation-${name}`)
  if (found === undefined) throw new Error(`${process.env[ENABLED]} names ${name}, and @opentelemetry/instrumentation-${name} is not installed`)
  const [, type] = Object.entries(found).find(([key]) => key.endsWith('Instrumentation')) ?? []
  return type === undefined ? [] : [new type()]
}
