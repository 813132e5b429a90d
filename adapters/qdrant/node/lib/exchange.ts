// The requests of one call: what each took and brought. Not for how they are listened to: see requests.ts.
import type { Found } from './attributes.js'
import * as names from './names.js'

/** How far the last request has come: which part of it a timeout has cut. */
export type Phase = 'connect' | 'write' | 'read'

/** What the requests of one call add up to. */
export class Exchange {
  requests = 0
  sent = 0
  received = 0
  seconds: number | undefined
  status: string | undefined
  retryAfter: string | undefined
  phase: Phase = 'connect'

  /** A request begins. */
  begins(): void {
    this.requests += 1
    this.phase = 'connect'
    this.status = this.retryAfter = undefined
  }

  /** The server says how long it worked on a request, in seconds. */
  worked(seconds: number): void {
    this.seconds = (this.seconds ?? 0) + seconds
  }

  /** The attributes of all together. */
  describe(into: Found): void {
    if (this.status !== undefined) into[names.STATUS_CODE] = this.status
    if (this.retryAfter !== undefined && /^\d+$/.test(this.retryAfter)) into[names.RETRY_AFTER] = Number(this.retryAfter)
    if (this.requests > 1) into[names.REQUESTS] = this.requests
    if (this.sent) into[names.REQUEST_BYTES] = this.sent
    if (this.received) into[names.RESPONSE_BYTES] = this.received
    if (this.seconds !== undefined) into[names.SERVER_SECONDS] = this.seconds
  }
}
