// What is told of an alert: as data of an item, and as a log record.

import { type IDataObject } from 'n8n-workflow'
import { type Level } from '../../../telemetry/lib/index.js'
import { type Observation, type Output, type Step } from './machine.js'

const LEVELS: { readonly [output in Output]: Level } = { firing: 'warn', resolved: 'info', unchanged: 'debug' }

export interface Told {
  readonly level: Level
  readonly event: string
  readonly message: string
  readonly json: IDataObject
}

export function tell(key: string, { value, at }: Observation, { output, state, reading, reason, is_repeated, fired_at }: Step): Told {
  const until = state.silenced?.until
  const json = {
    key,
    output,
    state: state.phase,
    value: value !== undefined && Number.isFinite(value) ? value : null,
    compared: reading?.compared ?? null,
    expected: reading?.expected ?? null,
    limit: reading?.limit ?? null,
    reason: reason ?? null,
    repeated: is_repeated,
    since: iso(state.since),
    fired_at: fired_at === undefined ? null : iso(fired_at),
    firing_seconds: fired_at === undefined ? null : Math.round((at - fired_at) / 1000),
    acknowledged_by: state.acknowledged?.by ?? null,
    silenced_until: until === undefined ? null : iso(until),
  }
  const because = reason === undefined ? '' : ` (${reason})`
  const message = `alert ${key} ${output === 'unchanged' ? `is ${state.phase}` : output}${because}: ${reading?.compared ?? value ?? 'no value'}`
  return { level: LEVELS[output], event: `alert.${output}`, message, json }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
