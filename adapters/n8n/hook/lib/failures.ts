// What failed in a run of a node, also where n8n calls it a success: failures that go to an output are failures.

import type { Item, Node, TaskData } from './shapes.js'

/** What is said of a failure whose type nobody gave. */
const UNNAMED = 'Error'

/** The type of an error in as few letters as a label may have. */
export function typeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return UNNAMED
  const { name, constructor } = error as { readonly name?: unknown; readonly constructor?: unknown }
  if (typeof name === 'string' && name !== '' && name !== UNNAMED) return name
  if (typeof constructor === 'function' && constructor !== Object) return constructor.name
  return UNNAMED
}

/** Whether the workflow goes on when this node fails. */
function goesOn(node: Node | undefined): boolean {
  return node?.continueOnFail === true || node?.onError === 'continueRegularOutput' || node?.onError === 'continueErrorOutput'
}

/** Items that left by the node's error output. */
export function errorOutputItems(node: Node | undefined, { data }: TaskData): number {
  const main = data?.['main']
  // The error output is the last one; a node that has put out a single branch has not come to it.
  if (node?.onError !== 'continueErrorOutput' || main === undefined || main.length < 2) return 0
  return main[main.length - 1]?.length ?? 0
}

/** Items that say in themselves that they failed, of a node with which the workflow goes on. */
export function failedItems(node: Node | undefined, task: TaskData): number {
  if (!goesOn(node)) return 0
  const onErrorOutput = errorOutputItems(node, task)
  if (onErrorOutput > 0) return onErrorOutput
  let failed = 0
  for (const branch of task.data?.['main'] ?? []) for (const item of branch ?? []) if (hasError(item)) failed++
  return failed
}

/** The failure that the first failed item brings: an error, or what the item says. */
export function firstFailure(task: TaskData): unknown {
  if (task.error !== undefined) return task.error
  for (const branch of [...(task.data?.['main'] ?? [])].reverse()) {
    const item = branch?.find(hasError)
    if (item !== undefined) return item.error ?? item.json?.['error']
  }
  return undefined
}

/** As n8n itself asks whether a try of a node failed without throwing: only so does it try again. */
export function isFailedTry(output: unknown): unknown {
  const { data } = (output ?? {}) as { readonly data?: readonly (readonly Item[] | null)[] | null }
  const error = data?.[0]?.[0]?.json?.['error']
  return error === undefined || error === null || error === false ? undefined : error
}

function hasError({ json, error }: Item): boolean {
  const told = json?.['error']
  return error !== undefined || (told !== undefined && told !== null && told !== false)
}
