// Where alerts live between executions: the static data of their workflow, which n8n saves with it.

import { type IDataObject } from 'n8n-workflow'
import { type AlertState } from './machine.js'

const KEY = 'vigie_alerts'

/** More than that are not kept, so that keys without end do not fill the workflow's row in n8n's database. */
export const MOST_ALERTS = 500

type Kept = { [key: string]: AlertState }

/** The key of an alert: its name alone, or with what tells it from others of that name. */
export function keyOf(name: string, dedupeKey: string): string {
  return dedupeKey === '' ? name : `${name}:${dedupeKey}`
}

export class Store {
  private readonly kept: Kept

  /** @param data of `getWorkflowStaticData('global')`: alerts and the answers to them come from different nodes */
  constructor(data: IDataObject) {
    data[KEY] ??= {}
    this.kept = data[KEY] as unknown as Kept
  }

  get(key: string): AlertState | undefined {
    return Object.hasOwn(this.kept, key) ? this.kept[key] : undefined
  }

  /** Keeps a state; returns the key of the one that had to go for it. */
  set(key: string, state: AlertState): string | undefined {
    const evicted = Object.hasOwn(this.kept, key) ? undefined : this.evict()
    this.kept[key] = state
    return evicted
  }

  /** Makes room: the alert that was seen the longest ago goes, one that fires last of all. */
  private evict(): string | undefined {
    const all = Object.entries(this.kept)
    if (all.length < MOST_ALERTS) return undefined
    const newest = ({ seen = 0 }: AlertState) => seen
    const fires = ({ phase }: AlertState) => Number(phase === 'firing')
    const [first] = all.sort(([, left], [, right]) => fires(left) - fires(right) || newest(left) - newest(right))
    if (first === undefined) return undefined
    delete this.kept[first[0]]
    return first[0]
  }
}
