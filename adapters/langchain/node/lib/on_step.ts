// The callbacks of tools and retrievers, and the events of any run.

import type { Attributes } from 'vigie'
import { type Kept, logged, nameOf, type Serialized } from './callbacks.js'
import type { Document } from './contents.js'
import { conversationOf, type Metadata } from './meaning.js'
import type { Found } from './models.js'
import { OnModel } from './on_model.js'
import { OPERATIONS } from './semantics.js'

const NOTHING = {}

/** What tools and retrievers announce, and what happens in a run. */
export class OnStep extends OnModel {
  handleToolStart(
    tool: Serialized | undefined,
    input: string,
    runId: string,
    parentRunId?: string,
    _tags?: readonly string[],
    metadata: Metadata = NOTHING,
    runName?: string,
    toolCallId?: string,
  ): void {
    this.guarded(() => {
      const { names } = this
      const name = runName ?? nameOf(tool, 'tool')
      const common = { [names.operation]: OPERATIONS.tool.operation, [names.tool_name]: name }
      const attributes: Found = { ...common, [names.tool_type]: 'function' }
      if (toolCallId !== undefined) attributes[names.tool_call_id] = toolCallId
      const content = this.contents.isOff ? NOTHING : this.contents.arguments(input, runId)
      this.step(OPERATIONS.tool, name, runId, parentRunId, metadata, { ...attributes, ...content }, { what: 'tool_duration', common })
    })
  }

  handleToolEnd(output: unknown, runId: string): void {
    this.guarded(() => {
      const content = this.contents.isOff ? NOTHING : this.contents.result(output, runId)
      // A tool node hands a failure to the model as a message.
      const isError = typeof output === 'object' && output !== null && (output as { readonly status?: unknown }).status === 'error'
      const attributes = isError ? { ...content, [this.names.error_type]: 'tool_error' } : content
      this.finish(runId, isError ? 'error' : 'ok', undefined, attributes)
    })
  }

  handleToolError(error: unknown, runId: string): void {
    this.fail(runId, error)
  }

  handleRetrieverStart(
    retriever: Serialized | undefined,
    query: string,
    runId: string,
    parentRunId?: string,
    _tags?: readonly string[],
    metadata: Metadata = NOTHING,
    runName?: string,
  ): void {
    this.guarded(() => {
      const { names } = this
      const told = metadata['ls_retriever_name']
      const source = typeof told === 'string' ? told : (runName ?? nameOf(retriever, 'retriever'))
      const common = { [names.operation]: OPERATIONS.retriever.operation, [names.data_source]: source }
      const content = this.contents.isOff ? NOTHING : this.contents.query(query, runId)
      this.step(OPERATIONS.retriever, source, runId, parentRunId, metadata, { ...common, ...content }, { what: 'operation_duration', common })
    })
  }

  handleRetrieverEnd(documents: readonly Document[], runId: string): void {
    this.guarded(() => this.finish(runId, 'ok', undefined, this.contents.documents(documents, runId)))
  }

  handleRetrieverError(error: unknown, runId: string): void {
    this.fail(runId, error)
  }

  private step(
    { operation, kind }: typeof OPERATIONS.tool | typeof OPERATIONS.retriever,
    name: string,
    runId: string,
    parentId: string | undefined,
    metadata: Metadata,
    attributes: Attributes,
    kept: Kept,
  ): void {
    const conversation = parentId === undefined ? conversationOf(metadata) : undefined
    this.recorder.runs.start(runId, `${operation} ${name}`, {
      parentId,
      kind,
      inherited: this.inherited(parentId, conversation),
      logged: logged(runId),
      attributes,
      keep: JSON.stringify(kept),
    })
  }

  handleAgentAction(action: { readonly tool?: unknown } | undefined, runId: string): void {
    this.event(runId, 'agent.action', () => ({ [this.names.tool_name]: action?.tool }))
  }

  handleAgentEnd(_action: unknown, runId: string): void {
    this.event(runId, 'agent.finish', () => NOTHING)
  }

  handleCustomEvent(name: string, data: unknown, runId: string): void {
    this.event(runId, name, () => this.contents.event(data))
  }

  private event(runId: string, name: string, attributes: () => Attributes): void {
    this.guarded(() => this.recorder.runs.addEvent(runId, name, attributes()))
  }
}
