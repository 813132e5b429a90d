// The loop over items that most nodes are, with what n8n asks of it when one fails.

import { type IExecuteFunctions, type INodeExecutionData, type JsonObject, NodeApiError, NodeOperationError } from 'n8n-workflow'

/**
 * Calls `body` for each item. The error of one ends the run as a `NodeOperationError` that names the item, or, where the
 * node is set to go on, becomes the item's `error`.
 */
export async function eachItem(
  from: IExecuteFunctions,
  body: (item: INodeExecutionData, index: number) => INodeExecutionData | Promise<INodeExecutionData>,
): Promise<INodeExecutionData[]> {
  const out: INodeExecutionData[] = []
  for (const [index, item] of from.getInputData().entries()) {
    try {
      out.push(await body(item, index))
    } catch (error) {
      const told = asNodeError(from, error, index)
      if (!from.continueOnFail()) throw told
      out.push({ json: { ...item.json, error: told.message }, error: told, pairedItem: { item: index } })
    }
  }
  return out
}

export function asNodeError(from: IExecuteFunctions, error: unknown, itemIndex: number): NodeApiError | NodeOperationError {
  if (error instanceof NodeApiError || error instanceof NodeOperationError) return error
  if (error !== null && typeof error === 'object' && 'response' in error) {
    return new NodeApiError(from.getNode(), error as unknown as JsonObject, { itemIndex })
  }
  return new NodeOperationError(from.getNode(), error instanceof Error ? error : String(error), { itemIndex })
}
