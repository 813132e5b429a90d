// What all callbacks share: how a run ends, and that a fault in here never reaches the host.
// Not for what a callback means: see the files on_*.ts.

import type { Attributes, RunStateName } from 'vigie'
import { Contents } from './contents.js'
import type { Metadata } from './meaning.js'
import type { Duration } from './metrics.js'
import type { Names } from './names.js'
import { type Recorder, recorder } from './recorder.js'
import { type Complete, completed, type Settings } from './settings.js'
import { stateOf } from './states.js'

/** What the end of a run needs to know of its start. */
export interface Kept {
  /** The duration that it counts for, and the attributes of that. */
  readonly what: Duration
  readonly common: Metadata
  /** A model's provider, a workflow's conversation. */
  readonly who?: string | undefined
}

/** A serialized part of LangChain, as callbacks get it. */
export interface Serialized {
  readonly name?: string
  readonly id?: readonly string[]
}

/** The settings of a handler, and the end of its runs. */
export class Callbacks {
  /** @internal */
  readonly settings: Complete
  protected readonly recorder: Recorder
  protected readonly names: Names
  protected readonly contents: Contents

  constructor(settings: Settings = {}) {
    this.settings = completed(settings)
    this.recorder = recorder()
    this.names = this.recorder.names
    this.contents = new Contents(this.names, this.settings)
  }

  protected guarded(body: () => void): void {
    this.recorder.guarded(body)
  }

  /** What the spans of this run and of all below it have. */
  protected inherited(parentId: string | undefined, conversation?: string): { readonly [key: string]: string } | undefined {
    const given = parentId === undefined ? this.settings.attributes?.() : undefined
    return conversation === undefined ? given : { ...given, [this.names.conversation]: conversation }
  }

  protected fail(runId: string, error: unknown): void {
    this.guarded(() => {
      const state = stateOf(error)
      this.finish(runId, state, error, state === 'error' ? { [this.names.error_type]: typeOf(error) } : {})
    })
  }

  protected finish(runId: string, state: RunStateName, error: unknown, attributes: Attributes): void {
    const ended = this.recorder.runs.end(runId, { state, error, attributes })
    if (ended?.kept === undefined) return
    const { what, common, who } = JSON.parse(ended.kept) as Kept
    const context = this.recorder.contexts.take(runId)
    if (ended.state === 'interrupted' && who !== undefined && context !== undefined) this.recorder.interrupted(who, context)
    this.recorder.metrics.took(what, ended.duration, withError(common, this.names.error_type, ended.state, attributes))
  }
}

export function nameOf(serialized: Serialized | undefined, otherwise: string): string {
  return serialized?.name ?? serialized?.id?.at(-1) ?? otherwise
}

/** The class of what was thrown. */
export function typeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error
  const name = (error as { readonly name?: unknown }).name
  return typeof name === 'string' && name !== 'Error' ? name : error.constructor.name || 'Error'
}

/** What log records written in the run's body carry. */
export function logged(runId: string): { readonly run_id: string } {
  return { run_id: runId }
}

/** The attributes of a duration: with the error's type, or the way in which the run was left. */
export function withError(common: Metadata, key: string, state: RunStateName, attributes: Attributes): Attributes {
  return state === 'ok' ? common : { ...common, [key]: attributes[key] ?? state }
}
