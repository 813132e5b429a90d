// Which metrics are wanted, by their names; and a sample as the data of an item.

import { type IDataObject } from 'n8n-workflow'
import { type Reading } from './parse.js'

/** Whether a name is one of those that are listed, with `*` for any characters; none listed is every name. */
export function selector(list: string): (name: string) => boolean {
  const patterns = list.split(/[\s,]+/).filter((pattern) => pattern !== '')
  if (patterns.length === 0) return () => true
  const wanted = patterns.map((pattern) => new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`))
  return (name) => wanted.some((pattern) => pattern.test(name))
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

export function toJson({ name, family, labels, value, timestamp_ms, exemplar }: Reading): IDataObject {
  return {
    metric: name,
    family: family.name,
    type: family.type,
    help: family.help,
    unit: family.unit,
    labels: { ...labels },
    value: json(value),
    ...time(timestamp_ms),
    ...(exemplar === undefined ? {} : { exemplar: { labels: { ...exemplar.labels }, value: json(exemplar.value), ...time(exemplar.timestamp_ms) } }),
  }
}

/** JSON has no numbers that are not finite. */
function json(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

function time(timestamp_ms: number | undefined): { timestamp?: string } {
  if (timestamp_ms === undefined) return {}
  const date = new Date(timestamp_ms)
  return { timestamp: Number.isNaN(date.getTime()) ? String(timestamp_ms) : date.toISOString() }
}
