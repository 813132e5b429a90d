// The sessions that are open, and when each was last active. One whose peer went away without a word stays open and silent.
// Not for what is asked in them.

import { gauge, histogram, upDownCounter } from './instruments.js'
import * as names from './names.js'
import type { Side } from './names.js'

interface Session {
  readonly id: number
  readonly side: Side
  readonly began: number
}

let drawn = 0
const sessions = new WeakMap<object, Session>()
/** When each open session was last active, in seconds since 1970, the longest silent first. Holds no object of the program's. */
const active: { readonly [side in Side]: Map<number, number> } = { client: new Map(), server: new Map() }
/** What was thrown away without being closed is closed then. */
const forgotten = new FinalizationRegistry<Session>(end)

/** A message was seen in the session that `key` stands for, which begins with it. */
export function seen(side: Side, key: object): void {
  let session = sessions.get(key)
  if (session === undefined) {
    session = { id: ++drawn, side, began: performance.now() }
    sessions.set(key, session)
    forgotten.register(key, session, key)
    upDownCounter(names.SESSIONS_OPEN).add(1, { [names.SIDE]: side })
  }
  active[session.side].delete(session.id)
  active[session.side].set(session.id, Date.now() / 1000)
  activity(session.side)
}

/** A message was seen that belongs to no session: each of a stateless server's requests stands alone. */
export function seenAlone(side: Side): void {
  activity(side)
}

/** The session ends. */
export function closed(key: object): void {
  const session = sessions.get(key)
  if (session === undefined) return
  sessions.delete(key)
  forgotten.unregister(key)
  end(session)
}

function end({ id, side, began }: Session): void {
  if (!active[side].delete(id)) return
  upDownCounter(names.SESSIONS_OPEN).add(-1, { [names.SIDE]: side })
  const metric = side === 'server' ? names.SERVER_SESSION : names.CLIENT_SESSION
  histogram(metric).record((performance.now() - began) / 1000)
  activity(side)
}

function activity(side: Side): void {
  const now = Date.now() / 1000
  const [stalest = now] = active[side].values()
  gauge(names.LAST_ACTIVITY).set(now, { [names.SIDE]: side })
  gauge(names.STALEST_ACTIVITY).set(stalest, { [names.SIDE]: side })
}
