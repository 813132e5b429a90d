// In which order a copy of LangChain calls a handler: its declarations say otherwise, and a later release may do otherwise.

import type { Manager } from './copies.js'

const PARENT = '00000000-0000-4000-8000-000000000001'
const RUN = '00000000-0000-4000-8000-000000000002'
const TAG = 'tag'

/**
 * Whether the callback of a chain's start comes as `on_chain.ts` takes it: identifiers, tags, metadata, type and name, told by
 * asking the copy's own manager.
 */
export function isAsExpected(manager: Manager): boolean {
  let seen: readonly unknown[] = []
  const probe = {
    name: 'vigie_probe',
    awaitHandlers: true,
    handleChainStart(...all: readonly unknown[]): void {
      seen = all
    },
  }
  try {
    const asked = new manager(PARENT, { handlers: [probe], tags: [TAG], metadata: { [TAG]: TAG } })
    void asked.handleChainStart({}, {}, RUN, 'type', undefined, undefined, 'name')?.catch(() => {})
  } catch {
    return false
  }
  const [, , run, parent, tags, metadata, type, name] = seen
  const hasOwn = Array.isArray(tags) && tags[0] === TAG && (metadata as { readonly [TAG]?: unknown } | undefined)?.[TAG] === TAG
  return run === RUN && parent === PARENT && hasOwn && type === 'type' && name === 'name'
}
