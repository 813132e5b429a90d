// What a run of a chain is: an agent, a workflow, a node of a graph, a step, or nothing that anybody wants to see.

import { CONVERSATION_KEYS, HIDDEN } from './semantics.js'

/** What LangChain knows of a run beside its name. */
export type Metadata = { readonly [key: string]: unknown }

/** The meaning of a chain's run; undefined when it is passed over. */
export type Meaning = 'agent' | 'workflow' | 'node' | 'chain' | undefined

const TYPES: ReadonlySet<string | undefined> = new Set(HIDDEN.run_types)
const TAGS: ReadonlySet<string> = new Set(HIDDEN.tags)
const NAMES: ReadonlySet<string> = new Set(HIDDEN.names)
const STEP = 'graph:step:'
const ATTEMPT = 'retry:attempt:'
/** What a compiled graph is called that was given no name. */
const GRAPH = 'LangGraph'

export function ofChain(name: string, runType: string | undefined, tags: readonly string[], metadata: Metadata, isOutermost: boolean): Meaning {
  if (TYPES.has(runType) || tags.some((tag) => TAGS.has(tag))) return undefined
  if (metadata['langgraph_node'] === name && tags.some((tag) => tag.startsWith(STEP))) return NAMES.has(name) ? undefined : 'node'
  if (metadata['lc_agent_name'] === name) return 'agent'
  if (isOutermost || name === GRAPH) return 'workflow'
  return NAMES.has(name) || HIDDEN.prefixes.some((prefix) => name.startsWith(prefix)) ? undefined : 'chain'
}

/** Which attempt of a retried run it is, from 2 on; undefined for the first, which is not marked. */
export function attemptOf(tags: readonly string[] | undefined): number | undefined {
  const found = tags?.find((tag) => tag.startsWith(ATTEMPT))
  return found === undefined ? undefined : Number(found.slice(ATTEMPT.length))
}

/** The conversation's id, under whichever key the application keeps it. */
export function conversationOf(metadata: Metadata): string | undefined {
  for (const key of CONVERSATION_KEYS) {
    const conversation = metadata[key]
    if (conversation !== undefined && conversation !== null) return String(conversation)
  }
  return undefined
}
