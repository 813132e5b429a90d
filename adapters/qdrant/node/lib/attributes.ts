// What a span says of a call and of its answer. Vectors, payloads and the values of filters are never among it.
import * as names from './names.js'
import type { Operation } from './names.js'
import { hashOf } from './shape.js'

/** Attributes while they are collected. */
export type Found = { [name: string]: string | number | boolean }
type Fields = { readonly [name: string]: unknown }

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object of named arguments: the last one that is given. */
export function namedOf(args: readonly unknown[]): Fields {
  return args.findLast(isFields) ?? {}
}

function add(value: unknown, kind: 'number' | 'string' | 'boolean', name: string, into: Found): void {
  if (typeof value === kind) into[name] = value as string | number | boolean
}

/** The attributes that are known before the call. */
export function ofArguments(operation: Operation, named: Fields, into: Found): void {
  add(named['wait'], 'boolean', names.WAIT, into)
  for (const name of operation.items ?? []) batchSize(sizeOf(named[name]), into)
  const filter = named['filter']
  if (isFields(filter) && operation.group !== 'admin') {
    into[names.FILTERED] = true
    into[names.FILTER_SHAPE] = hashOf(filter)
  }
  if (operation.group === 'search' || operation.group === 'read') add(named['limit'], 'number', names.TOP_K, into)
  if (operation.group === 'search') search(named, into)
}

/** The number of points or requests: by the conventions a batch is anything but one. */
function batchSize(size: number | undefined, into: Found): void {
  if (size !== undefined && size !== 1) into[names.BATCH_SIZE] = size
}

function sizeOf(items: unknown): number | undefined {
  if (Array.isArray(items)) return items.length
  return isFields(items) ? sizeOf(items['ids']) : undefined
}

function search(named: Fields, into: Found): void {
  add(named['score_threshold'], 'number', names.THRESHOLD, into)
  add(named['using'], 'string', names.USING, into)
  const parameters = named['params']
  if (isFields(parameters)) {
    add(parameters['hnsw_ef'], 'number', names.HNSW_EF, into)
    if (parameters['exact'] === true) into[names.EXACT] = true
  }
  const dimension = dimensionOf(named['query'] ?? named['vector'])
  if (dimension) into[names.DIMENSION] = dimension
}

/** How long the vector is that is searched for, if it is one. */
function dimensionOf(query: unknown): number | undefined {
  if (Array.isArray(query)) return Array.isArray(query[0]) ? query[0].length : query.length
  if (!isFields(query)) return undefined
  const inner = query['nearest'] ?? query['vector']
  return inner === undefined || !Array.isArray(inner) ? undefined : dimensionOf(inner)
}

/** The attributes that the answer brings: how many, and between which scores. It is sorted by them. */
export function ofAnswer(operation: Operation, answer: unknown, into: Found): void {
  if (operation.rows === undefined) return
  if (operation.rows === 'each') {
    if (!Array.isArray(answer)) return
    const lists = answer.map((one) => rowsOf(one, Array.isArray(one) ? 'self' : 'points'))
    into[names.ROWS] = lists.reduce((sum, list) => sum + (list?.length ?? 0), 0)
    return
  }
  const rows = rowsOf(answer, operation.rows === 'page' ? 'points' : operation.rows)
  if (!rows) return
  into[names.ROWS] = rows.length
  const [first, last] = [rows[0], rows.at(-1)]
  if (operation.scores && isFields(first) && isFields(last)) {
    const [a, b] = [first['score'], last['score']]
    if (typeof a === 'number' && typeof b === 'number') {
      into[names.SCORE_MAX] = Math.max(a, b)
      into[names.SCORE_MIN] = Math.min(a, b)
    }
  }
}

function rowsOf(answer: unknown, name: string): readonly unknown[] | undefined {
  const rows = name === 'self' ? answer : isFields(answer) ? answer[name] : undefined
  return Array.isArray(rows) ? rows : undefined
}
