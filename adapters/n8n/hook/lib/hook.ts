// The file for n8n's EXTERNAL_HOOK_FILES. n8n loads it once in each of its processes: `start`, `worker`, `webhook`, `execute`.

import * as vigie from 'vigie'
import { start } from './start.js'

/** Milliseconds that n8n may wait for what is still to be written when it stops. */
const STOP_MS = 2000
const STARTED = Symbol.for('vigie-n8n')

/** n8n may name the file twice; nothing of ours may end it. */
function once(): void {
  const known = globalThis as { [STARTED]?: true }
  if (known[STARTED]) return
  known[STARTED] = true
  try {
    start(require.main?.filename ?? process.argv[1] ?? process.cwd())
  } catch (error) {
    process.stderr.write(`vigie-n8n is off, n8n runs without it: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}

once()

/** n8n calls these, and waits for them. */
export const n8n = {
  stop: [
    async (): Promise<void> => {
      await vigie.flush(STOP_MS).catch(() => false)
    },
  ],
}
