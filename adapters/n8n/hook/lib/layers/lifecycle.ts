// L1: n8n's lifecycle events become the spans of executions and nodes.

import { Missing } from '../host.js'
import { quiet } from '../quiet.js'
import type { Recorder } from '../recorder.js'
import type { EndEvent, NodeEndEvent, NodeEvent, StartEvent } from '../shapes.js'
import type { Layer } from './layer.js'

interface Metadata {
  register(handler: { readonly handlerClass: unknown; readonly methodName: string; readonly eventName: string }): void
}
type Service = () => (type: unknown) => unknown

/** Which method hears which event. */
const METHODS = {
  starts: 'workflowExecuteBefore',
  resumes: 'workflowExecuteResume',
  nodeStarts: 'nodeExecuteBefore',
  nodeEnds: 'nodeExecuteAfter',
  ends: 'workflowExecuteAfter',
} as const

/** A class, as n8n makes the object itself; nothing waits, and nothing is thrown. */
function handlers(recorder: Recorder): new () => { readonly [method in keyof typeof METHODS]: unknown } {
  return class VigieLifecycle {
    starts(event: StartEvent): void {
      quiet('workflowExecuteBefore', () => recorder.executionStarts(event, false))
    }
    resumes(event: StartEvent): void {
      quiet('workflowExecuteResume', () => recorder.executionStarts(event, true))
    }
    nodeStarts(event: NodeEvent): void {
      quiet('nodeExecuteBefore', () => recorder.nodeStarts(event))
    }
    nodeEnds(event: NodeEndEvent): void {
      quiet('nodeExecuteAfter', () => recorder.nodeEnds(event))
    }
    ends(event: EndEvent): void {
      quiet('workflowExecuteAfter', () => recorder.executionEnds(event))
    }
  }
}

export const lifecycle: Layer = {
  name: 'lifecycle',
  install(host, recorder) {
    const metadata = host.service<Metadata>('@n8n/decorators', 'LifecycleMetadata')
    const service = host.export<Service>('@n8n/di', 'Service')
    if (typeof metadata.register !== 'function') throw new Missing('LifecycleMetadata takes no handlers')
    const handlerClass = handlers(recorder)
    service()(handlerClass)
    for (const [methodName, eventName] of Object.entries(METHODS)) metadata.register({ handlerClass, methodName, eventName })
  },
}
