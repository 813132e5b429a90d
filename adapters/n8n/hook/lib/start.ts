// Starts Vigie and puts in the layers that this release of n8n has a place for.

import * as vigie from 'vigie'
import { Host } from './host.js'
import { events } from './layers/events.js'
import { langchain } from './layers/langchain.js'
import type { Layer } from './layers/layer.js'
import { lifecycle } from './layers/lifecycle.js'
import { logs } from './layers/logs.js'
import { queue } from './layers/queue.js'
import { runNode } from './layers/run_node.js'
import { webhooks } from './layers/webhooks.js'
import { nativeTraces } from './native.js'
import { LOGGER } from './names.js'
import { Recorder } from './recorder.js'
import { settingsFrom } from './settings.js'

const LAYERS: readonly Layer[] = [lifecycle, runNode, queue, logs, events, langchain, webhooks]

/** Throws when nothing can be recorded at all: the configuration is wrong, or this process is no n8n. */
export function start(main: string): void {
  vigie.init(isNamed() ? {} : { service: 'n8n' })
  const host = Host.of(main)
  const settings = settingsFrom(process.env)
  const recorder = new Recorder(settings, nativeTraces(host))
  const log = vigie.getLogger(LOGGER)
  for (const problem of settings.problems) log.warn(problem)
  const on: string[] = []
  const off: string[] = []
  for (const layer of LAYERS) {
    try {
      layer.install(host, recorder)
      on.push(layer.name)
    } catch (error) {
      off.push(layer.name)
      log.warn('layer {layer} is off: {reason}', { layer: layer.name, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  log.info('vigie-n8n watches n8n {n8n_version}: {on}', { event: 'n8n.watched', n8n_version: host.version, on: on.join(', '), ...(off.length === 0 ? {} : { off: off.join(', ') }) })
}

/** Whether somebody has named the service already. */
function isNamed(): boolean {
  return ['VIGIE_CONFIG', 'VIGIE_SERVICE', 'OTEL_SERVICE_NAME'].some((name) => process.env[name] !== undefined)
}
