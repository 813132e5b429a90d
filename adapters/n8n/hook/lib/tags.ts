// Telemetry tags that people put on workflows and nodes: n8n exports them with a licence only.

import type { Workflow } from './shapes.js'
import { NODE_CUSTOM, WORKFLOW_CUSTOM } from './names.js'

interface Tag {
  readonly key: string
  readonly value: string
}

/** The workflow's own tags as attributes. */
export function workflowTags({ settings }: Workflow): { [key: string]: string } {
  const found: { [key: string]: string } = {}
  const given = settings?.customTelemetryTags
  const tags = Array.isArray(given) ? (given as unknown[]) : ((given as { readonly tag?: unknown } | null | undefined)?.tag ?? [])
  if (!Array.isArray(tags)) return found
  for (const tag of tags) if (isTag(tag) && tag.key.trim() !== '') found[WORKFLOW_CUSTOM + tag.key.trim()] = tag.value
  return found
}

/** What a run of a node says of itself for its trace. */
export function nodeTags(tracing: { readonly [key: string]: unknown } | undefined): { [key: string]: unknown } | undefined {
  if (tracing === undefined) return undefined
  return Object.fromEntries(Object.entries(tracing).map(([key, value]) => [NODE_CUSTOM + key, value]))
}

function isTag(tag: unknown): tag is Tag {
  const { key, value } = (tag ?? {}) as Partial<Tag>
  return typeof key === 'string' && typeof value === 'string'
}
