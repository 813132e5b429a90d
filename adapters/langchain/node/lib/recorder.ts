// What all handlers of the process share: the table of runs, the instruments, the conversations that wait.
// Not for what a callback means: see the files on_*.ts.

import { type Context, Runs, type RunStats } from 'vigie'
import { Bounded } from './bounded.js'
import { currentRun } from './langchain.js'
import { Metrics, observe } from './metrics.js'
import { namesOf, wantsLatest } from './names.js'

/** Interrupted conversations, and open runs of conversations, that are remembered. */
const MOST = 1000

/** One a process: two handlers that hear of the same run make one span. */
export class Recorder {
  readonly runs: Runs = new Runs()
  readonly names = namesOf(wantsLatest())
  readonly metrics = new Metrics(this.names, wantsLatest())
  /** What the bodies of open outermost runs of conversations stand in, by their ids. */
  readonly contexts = new Bounded<Context>(MOST)
  /** Runs whose provider's client is instrumented too. */
  readonly doubled = new Bounded<true>(MOST)
  /** The run of a model by the options that it was asked with, which each call has of its own. */
  readonly asked = new WeakMap<object, string>()
  private readonly waiting = new Bounded<Context>(MOST)
  failures = 0

  constructor() {
    observe(this.runs, () => this.failures)
    this.runs.follow(currentRun)
  }

  /** Runs `body`. What fails in there is the adapter's own fault, of which the host notices nothing. */
  guarded(body: () => void): void {
    try {
      body()
    } catch {
      this.failures++
    }
  }

  /** The conversation waits to be taken up again. */
  interrupted(conversation: string, context: Context): void {
    this.waiting.set(conversation, context)
  }

  /** What a run of this conversation takes up, if one of it was interrupted. */
  takenUp(conversation: string | undefined): readonly Context[] {
    const before = conversation === undefined ? undefined : this.waiting.take(conversation)
    return before === undefined ? [] : [before]
  }
}

let only: Recorder | undefined

/** The recorder of this process, made when it is first asked for. */
export function recorder(): Recorder {
  return (only ??= new Recorder())
}

/** What became of runs so far, and callbacks in which the adapter itself failed. */
export function stats(): RunStats & { readonly failed: number } {
  const { runs, failures } = recorder()
  return { ...runs.stats(), failed: failures }
}
