// n8n's own OpenTelemetry: whether it makes the spans of an execution. Asked anew each time, as it can be switched in n8n's settings.

import type { Host } from './host.js'

interface OtelSettings {
  getSettings(): { readonly enabled?: boolean; readonly productionExecutionsOnly?: boolean }
}

/** Where this release has no such settings, the environment decides. */
export function tracedByN8n(host: Host): (mode: string) => boolean {
  let service: OtelSettings | undefined
  try {
    service = host.service<OtelSettings>('n8n/dist/modules/otel/otel-settings.service', 'OtelSettingsService')
  } catch {
    const { N8N_OTEL_ENABLED: enabled } = process.env
    return () => enabled === 'true'
  }
  return (mode) => {
    const { enabled = false, productionExecutionsOnly = false } = service.getSettings()
    return enabled && !(productionExecutionsOnly && mode === 'manual')
  }
}
