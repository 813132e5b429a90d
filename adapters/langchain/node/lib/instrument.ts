// `instrument`: the handler in every call of the process, by the one function through which LangChain puts callbacks together.

import Module from 'node:module'
import { isDeepStrictEqual } from 'node:util'
import { enterBodies, enterRetrieval } from './bodies.js'
import { type Copy, found, imported, required } from './copies.js'
import { telling } from './events.js'
import { VigieCallbackHandler } from './handler.js'
import { keepCurrent } from './langchain.js'
import { isAsExpected } from './order.js'
import { type Method, Patches } from './patches.js'
import { recorder } from './recorder.js'
import { completed, type Settings } from './settings.js'
import { watched } from './streams.js'

/** The settings of `instrument`. */
export interface InstrumentSettings extends Settings {
  /** Files or folders of further programs whose copies of LangChain are recorded, too: the program's own and those of this package are anyway. */
  readonly from?: readonly string[]
}

const patches = new Patches()
let handler: VigieCallbackHandler | undefined
let warned = false

/**
 * Has every call of LangChain and LangGraph in this process recorded. Copies for CommonJS are patched before it returns, or as
 * they are loaded; those for ES modules when its promise resolves, which never rejects. Again with the same settings it does
 * nothing, with others it replaces them for calls that begin afterwards. Throws a `TypeError` for a setting that is not accepted.
 */
export function instrument(settings: InstrumentSettings = {}): Promise<void> {
  const { from = [], ...own } = settings
  if (handler === undefined || !isDeepStrictEqual(handler.settings, completed(own))) handler = new VigieCallbackHandler(own)
  keepCurrent()
  putRequired()
  patches.put(Module, '_load', caught)
  return Promise.all(found(from).map(async (files) => put(await imported(files)))).then(() => {})
}

/** Records no calls any more that begin from now on; those that have begun are recorded to their end. */
export function uninstrument(): void {
  handler = undefined
  patches.takeOut()
}

function putRequired(): void {
  for (const copy of required()) put(copy)
}

/** What loads a module for CommonJS, and then patches what of LangChain has come with it. */
function caught(original: Method): Method {
  return function (request, ...rest) {
    const loaded = original.call(this, request, ...rest)
    if (typeof request === 'string' && request.startsWith('@langchain/')) recorder().guarded(putRequired)
    return loaded
  }
}

function put({ CallbackManager, BaseChatModel, BaseLLM, BaseRetriever, Runnable, RunnableLambda }: Copy): void {
  if (CallbackManager === undefined || handler === undefined) return
  if (!isAsExpected(CallbackManager)) {
    if (!warned) process.emitWarning('this release of @langchain/core calls its handlers in another way: it is not recorded', 'VigieLangChainWarning')
    warned = true
    return
  }
  const shared = recorder()
  patches.put(CallbackManager, '_configureSync', (original) => function (inheritable, local, ...rest) {
    return original.call(this, joined(inheritable, local), local, ...rest)
  })
  const before = (prepare: (object: object) => void) => (original: Method): Method => function (...all) {
    shared.guarded(() => prepare(this))
    return original.apply(this, all)
  }
  const bodies = before((model) => {
    enterBodies(patches, shared, model)
    patches.own(model, '_streamChatModelEvents', (own) => telling(shared, () => handler, own))
  })
  for (const kind of [BaseChatModel, BaseLLM]) {
    patches.put(kind?.prototype, '_generateUncached', bodies)
    patches.put(kind?.prototype, '_streamIterator', (original) => watched(shared, bodies(original)))
  }
  patches.put(BaseChatModel?.prototype, 'streamEvents', bodies)
  patches.put(BaseRetriever?.prototype, 'invoke', before((retriever) => enterRetrieval(patches, shared, retriever)))
  patches.put(Runnable?.prototype, 'stream', before((runnable) => patches.own(runnable, '_streamIterator', (own) => watched(shared, own))))
  patches.put(RunnableLambda?.prototype, 'transform', (original) => watched(shared, original))
}

/** What callbacks are inherited, the handler among them: once, and whichever of ours the caller has given. */
function joined(inheritable: unknown, local: unknown): unknown {
  if (handler === undefined || has(inheritable) || has(local)) return inheritable
  if (Array.isArray(inheritable)) return [...(inheritable as unknown[]), handler]
  if (typeof inheritable !== 'object' || inheritable === null) return [handler]
  return (inheritable as { copy(more: readonly unknown[], inherit: boolean): unknown }).copy([handler], true)
}

function has(callbacks: unknown): boolean {
  const all = Array.isArray(callbacks) ? (callbacks as unknown[]) : (callbacks as { readonly handlers?: unknown } | undefined | null)?.handlers
  return Array.isArray(all) && all.some((one) => one instanceof VigieCallbackHandler)
}
