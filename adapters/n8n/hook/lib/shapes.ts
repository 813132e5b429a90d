// What of n8n's objects is read, and no more. Every field may be missing in a release to come: hence the optional ones.

/** A node as the workflow has it. */
export interface Node {
  readonly id?: string
  readonly name: string
  readonly type: string
  readonly typeVersion?: number
  readonly onError?: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput'
  readonly continueOnFail?: boolean
  readonly retryOnFail?: boolean
}

/** A workflow as it is stored. */
export interface Workflow {
  readonly id?: string
  readonly name?: string
  readonly versionId?: string
  readonly nodes: readonly Node[]
  readonly settings?: { readonly customTelemetryTags?: unknown }
}

/** An item that goes from node to node. */
export interface Item {
  readonly json?: { readonly [key: string]: unknown }
  readonly error?: unknown
}

/** What a node puts out, by kind of connection: its branches, and the items of each. */
export interface Connections {
  readonly [type: string]: readonly (readonly Item[] | null | undefined)[] | undefined
}

/** Where the input of a node's run comes from. */
export interface Source {
  readonly previousNode: string
  readonly previousNodeOutput?: number
  readonly previousNodeRun?: number
}

/** A run of a node, begun or done. */
export interface TaskData {
  readonly startTime?: number
  readonly executionTime?: number
  readonly executionIndex?: number
  readonly executionStatus?: string
  readonly source?: readonly (Source | null)[]
  readonly error?: unknown
  readonly data?: Connections
  readonly metadata?: { readonly tracing?: { readonly [key: string]: unknown } }
}

/** What is run next, with its input. */
export interface StackEntry {
  readonly node: Node
  readonly data?: Connections
}

/** The state of an execution, which n8n stores. */
export interface RunExecutionData {
  readonly resultData: {
    readonly runData?: { readonly [node: string]: readonly TaskData[] }
    readonly error?: unknown
    readonly lastNodeExecuted?: string
    metadata?: { [key: string]: string }
  }
  readonly executionData?: { readonly nodeExecutionStack?: readonly StackEntry[] }
  readonly parentExecution?: { readonly executionId?: string; readonly workflowId?: string }
}

/** A whole execution. */
export interface Run {
  readonly data?: RunExecutionData
  readonly status?: string
  readonly mode?: string
}

/** What every lifecycle event of n8n brings. */
export interface LifecycleEvent {
  readonly workflow: Workflow
  readonly mode: string
  readonly executionId: string
}

export interface StartEvent extends LifecycleEvent {
  /** Absent where an execution is only put into the queue. */
  readonly workflowInstance?: unknown
  readonly executionData?: RunExecutionData
}

export interface NodeEvent extends LifecycleEvent {
  readonly nodeName: string
  readonly taskData: TaskData
}

export interface NodeEndEvent extends NodeEvent {
  readonly executionData?: RunExecutionData
}

export interface EndEvent extends LifecycleEvent {
  readonly runData?: Run
  readonly retryOf?: string
}

/** What goes with an execution through its nodes. */
export interface AdditionalData {
  readonly executionId?: string
  otel?: { injectTraceHeaders(executionId: string, nodeName: string | undefined, headers: { [name: string]: string }): void }
}

/** What `WorkflowRunner` starts an execution from. */
export interface StartData {
  readonly executionMode: string
  readonly workflowData: Workflow
  readonly executionData?: RunExecutionData
  readonly tracingContext?: { readonly traceparent?: string; readonly tracestate?: string } | null
}
