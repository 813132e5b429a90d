// Puts the adapter into the client's classes and takes it out again. Not for what is recorded.
import { Call, state } from './calls.js'
import type { Client } from './calls.js'
import { guarded } from './faults.js'
import { NOT_OPERATIONS, OPERATIONS } from './names.js'
import type { Operation } from './names.js'
import { listen, listenTo, unlisten } from './requests.js'

/** A loaded copy of `@qdrant/js-client-rest`. */
export interface Copy {
  readonly QdrantClient: { readonly prototype: object }
}

type Method = (this: Client, ...args: unknown[]) => unknown
type Methods = { [name: string]: unknown }

interface Patch {
  readonly owner: Methods
  readonly name: string
  readonly original: unknown
  readonly wrapper: Method
}

let patches: Patch[] = []

/**
 * Records what the clients of this process do: those that exist already, too.
 *
 * Without an argument it loads both copies of `@qdrant/js-client-rest`, that of ES modules and that of CommonJS, and
 * resolves when both are ready. Given copies, it records those alone, before it returns. Never rejects, and may be
 * called any number of times.
 */
export async function instrument(...copies: readonly Copy[]): Promise<void> {
  if (!state.active) listen()
  state.active = true
  for (const copy of copies) put(copy)
  if (copies.length > 0) return
  for (const load of [() => require('@qdrant/js-client-rest') as unknown, () => import('@qdrant/js-client-rest')]) {
    try {
      put((await load()) as Copy)
    } catch {
      process.emitWarning('@qdrant/js-client-rest cannot be loaded: nothing of it is recorded', 'VigieQdrantWarning')
    }
  }
}

function put(copy: Copy): void {
  const owner = copy.QdrantClient.prototype as Methods
  for (const name of Object.getOwnPropertyNames(owner)) {
    const original = Object.getOwnPropertyDescriptor(owner, name)?.value as unknown
    if (typeof original !== 'function' || NOT_OPERATIONS.has(name) || name.startsWith('_')) continue
    if (patches.some((patch) => patch.owner === owner && patch.name === name)) continue
    const wrapper = traced(name, original as Method)
    owner[name] = wrapper
    patches.push({ owner, name, original, wrapper })
  }
}

/** The method with a call's record around it. One that is newer than the table has its name, collection and metrics. */
function traced(name: string, original: Method): Method {
  const operation: Operation = OPERATIONS.get(name) ?? { name, group: 'admin' }
  const method: Method = function (...args) {
    const call = state.active ? guarded('begin', () => begin(operation, this, args)) : undefined
    if (!call) return Reflect.apply(original, this, args)
    return call.run(() => Reflect.apply(original, this, args))
  }
  for (const property of ['name', 'length'] as const) Object.defineProperty(method, property, { value: original[property], configurable: true })
  return method
}

function begin(operation: Operation, client: Client, args: readonly unknown[]): Call {
  listenTo(client)
  return new Call(operation, client, args)
}

/** Records nothing any more. Never throws; without `instrument` before it does nothing. */
export function uninstrument(): void {
  if (state.active) unlisten()
  state.active = false
  // Under another's wrapper ours stays, and hands calls on.
  patches = patches.filter(({ owner, name, original, wrapper }) => {
    if (owner[name] !== wrapper) return true
    owner[name] = original
    return false
  })
}
