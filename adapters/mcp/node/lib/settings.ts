// What the user chose in `instrument`, and whether the adapter is on.
// Not for Vigie's own configuration.

import { CAPTURE_BYTES } from './names.js'

/** What is kept of a tool's arguments and result. */
export type Capture = 'off' | 'metadata' | 'full'

const ACCEPTED: readonly Capture[] = ['off', 'metadata', 'full']

/** A function of ours that could not be taken out asks `on`, and passes on. */
export const settings = { on: false, capture: 'off' as Capture, captureBytes: CAPTURE_BYTES as number }

/** Takes new choices. Throws a `RangeError` for those that are not accepted; nothing has changed then. */
export function choose(capture: Capture = 'off', captureBytes: number = CAPTURE_BYTES): void {
  if (!ACCEPTED.includes(capture)) {
    throw new RangeError(`vigie-mcp: capture is ${JSON.stringify(capture)}, which is none of ${ACCEPTED.join(', ')}`)
  }
  if (!Number.isSafeInteger(captureBytes) || captureBytes < 1) {
    throw new RangeError(`vigie-mcp: captureBytes is ${JSON.stringify(captureBytes)}, which is no whole number above 0`)
  }
  settings.capture = capture
  settings.captureBytes = captureBytes
}
