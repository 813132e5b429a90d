// Parameters that several nodes have, and how they are read.

import { type IExecuteFunctions, type INodeProperties } from 'n8n-workflow'

/** Names and values that a person adds one by one. */
export function pairs(name: string, displayName: string, description: string): INodeProperties {
  return {
    displayName,
    name,
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    placeholder: 'Add',
    default: {},
    description,
    options: [
      {
        displayName: 'Pair',
        name: 'pair',
        values: [
          { displayName: 'Name', name: 'name', type: 'string', default: '' },
          { displayName: 'Value', name: 'value', type: 'string', default: '' },
        ],
      },
    ],
  }
}

/** What {@link pairs} holds for an item. A value that an expression gives keeps its type. */
export function readPairs(from: IExecuteFunctions, name: string, item: number): { readonly [name: string]: unknown } {
  const { pair = [] } = from.getNodeParameter(name, item, {}) as { pair?: readonly { name: string; value: unknown }[] }
  return Object.fromEntries(pair.filter((one) => one.name !== '').map((one) => [one.name, one.value]))
}

/** A text without blanks around it. */
export function readText(from: IExecuteFunctions, name: string, item: number): string {
  return String(from.getNodeParameter(name, item, '') ?? '').trim()
}

/** A number; NaN for what is none, an empty text and null among them. */
export function readNumber(from: IExecuteFunctions, name: string, item: number): number {
  const value: unknown = from.getNodeParameter(name, item, undefined)
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
}
