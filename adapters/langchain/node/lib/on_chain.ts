// The callbacks of chains, graphs and their nodes.

import { Callbacks, type Kept, logged, nameOf, type Serialized } from './callbacks.js'
import { conversationOf, type Metadata, ofChain } from './meaning.js'
import { OPERATIONS } from './semantics.js'

const NOTHING = {}
const NO_TAGS: readonly string[] = []

/** What chains announce. */
export class OnChain extends Callbacks {
  // The order in which LangChain calls it, which is not that of its declarations: see order.ts.
  handleChainStart(
    chain: Serialized | undefined,
    _inputs: unknown,
    runId: string,
    parentRunId?: string,
    tags: readonly string[] = NO_TAGS,
    metadata: Metadata = NOTHING,
    runType?: string,
    runName?: string,
  ): void {
    this.guarded(() => this.chainStart(runName ?? nameOf(chain, 'chain'), runType, tags, metadata, runId, parentRunId))
  }

  private chainStart(
    name: string,
    runType: string | undefined,
    tags: readonly string[],
    metadata: Metadata,
    runId: string,
    parentId: string | undefined,
  ): void {
    const { names } = this
    const { runs } = this.recorder
    const isOutermost = parentId === undefined
    const meaning = ofChain(name, runType, tags, metadata, isOutermost)
    if (meaning === undefined && !this.settings.showAll) {
      runs.start(runId, name, { parentId, hidden: true, inherited: this.inherited(parentId) })
    } else if (meaning === 'node') {
      const attributes = { [names.node]: name, [names.step]: metadata['langgraph_step'] }
      runs.start(runId, `node ${name}`, { parentId, logged: logged(runId), attributes })
    } else if (meaning === 'agent' || meaning === 'workflow') {
      this.whole(meaning, name, metadata, runId, parentId)
    } else {
      runs.start(runId, name, { parentId, logged: logged(runId), inherited: this.inherited(parentId) })
    }
  }

  private whole(meaning: 'agent' | 'workflow', name: string, metadata: Metadata, runId: string, parentId: string | undefined): void {
    const { names, recorder } = this
    const { operation } = OPERATIONS[meaning]
    const conversation = conversationOf(metadata)
    const attributes = { [names.operation]: operation, [meaning === 'agent' ? names.agent_name : names.workflow_name]: name }
    const kept: Kept = { what: `${meaning}_duration`, common: attributes, who: conversation }
    recorder.runs.start(runId, `${operation} ${name}`, {
      parentId,
      inherited: this.inherited(parentId, conversation),
      logged: logged(runId),
      links: parentId === undefined ? recorder.takenUp(conversation) : [],
      attributes,
      keep: JSON.stringify(kept),
    })
    if (conversation === undefined || parentId !== undefined) return
    const context = recorder.runs.context(runId)
    if (context !== undefined) recorder.contexts.set(runId, context)
  }

  handleChainEnd(_outputs: unknown, runId: string): void {
    this.guarded(() => this.finish(runId, 'ok', undefined, NOTHING))
  }

  handleChainError(error: unknown, runId: string): void {
    this.fail(runId, error)
  }
}
