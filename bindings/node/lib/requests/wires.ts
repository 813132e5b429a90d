// What is put on the request and the response of a server: their events run in the request's context, sizes are counted as bodies
// pass, and the end of the response is the request's.

import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { current, toEnter } from '../context/current.js'
import { quietly } from '../values/budget.js'
import { answerOf } from './message.js'
import type { Served } from './served.js'

type Method = (...args: unknown[]) => unknown

/** The methods of a request and a response as they were. */
interface Wires {
  readonly served: Served
  readonly method: string
  readonly emit: Method
  readonly write: Method | undefined
  readonly end: Method | undefined
  readonly writeHead: Method | undefined
  /** Whether the size of the body has to be counted. */
  counts: boolean
  /** Finds the route where the framework has not said it by then. */
  readonly route: (() => string | undefined) | undefined
}

/** Where both keep them. */
const WIRES = Symbol('vigie.wires')

type Wired = EventEmitter & { [WIRES]?: Wires }
type WiredResponse = ServerResponse & Wired
/** As it is changed here, whatever its methods are declared to give back. */
interface Changed {
  [WIRES]?: Wires
  emit: Method
  write: Method
  end: Method
  writeHead: Method
}

/** The request that a message belongs to, if it is served already. */
export function servedBy(message: object): Served | undefined {
  return (message as Wired)[WIRES]?.served
}

/** Follows a request until its end. */
export function follow(served: Served, request: IncomingMessage, response: ServerResponse, route: (() => string | undefined) | undefined): void {
  const method = request.method ?? ''
  const asking = request as unknown as Changed
  const answering = response as unknown as Changed
  const { write, end, writeHead } = answering
  asking[WIRES] = { served, method, emit: asking.emit, write: undefined, end: undefined, writeHead: undefined, counts: served.requestBytes === undefined, route: undefined }
  answering[WIRES] = { served, method, emit: answering.emit, write, end, writeHead, counts: true, route }
  asking.emit = emitAsked
  answering.emit = emitAnswered
  answering.write = writeCounted
  answering.end = endCounted
  answering.writeHead = headWithIds
}

/** Runs listeners in the context of the request, unless something within it emits. */
function inside(wires: Wires, emitter: Wired, args: unknown[]): unknown {
  const { served, emit } = wires
  if (current.getStore()?.carried?.request === served) return Reflect.apply(emit, emitter, args)
  return current.run(toEnter(served.context), () => Reflect.apply(emit, emitter, args))
}

function emitAsked(this: Wired, ...args: unknown[]): unknown {
  const wires = this[WIRES] as Wires
  // A body that nobody declared comes in chunks.
  if (args[0] === 'data' && wires.counts) wires.served.requestBytes = (wires.served.requestBytes ?? 0) + sizeOf(args[1], undefined)
  return inside(wires, this, args)
}

function emitAnswered(this: WiredResponse, ...args: unknown[]): unknown {
  const wires = this[WIRES] as Wires
  const [event] = args
  if (event === 'finish') wires.served.isAnswered = true
  try {
    return inside(wires, this, args)
  } finally {
    if (event === 'close') ended(wires, this)
  }
}

function ended({ served, method, route }: Wires, response: ServerResponse): void {
  served.route ??= route === undefined ? undefined : quietly(undefined, route)
  served.end(answerOf(response, method))
}

/** The ids go out with the head: until then frameworks may take all headers back to answer with an error. What the program says stays. */
function headWithIds(this: WiredResponse, ...args: unknown[]): unknown {
  const { served, writeHead } = this[WIRES] as Wires
  quietly(undefined, () => {
    if (this.headersSent) return
    putId(this, 'X-Request-ID', served.requestId)
    putId(this, 'X-Correlation-ID', served.correlationId)
  })
  return Reflect.apply(writeHead as Method, this, args)
}

function putId(response: ServerResponse, name: string, id: string): void {
  if (!response.hasHeader(name)) response.setHeader(name, id)
}

function writeCounted(this: WiredResponse, ...args: unknown[]): unknown {
  const wires = this[WIRES] as Wires
  count(wires, args)
  return Reflect.apply(wires.write as Method, this, args)
}

function endCounted(this: WiredResponse, ...args: unknown[]): unknown {
  const wires = this[WIRES] as Wires
  count(wires, args)
  // Some responses write their last chunk by the method `write`.
  wires.counts = false
  try {
    return Reflect.apply(wires.end as Method, this, args)
  } finally {
    wires.counts = true
  }
}

function count(wires: Wires, args: unknown[]): void {
  if (wires.counts) wires.served.responseBytes += sizeOf(args[0], args[1])
}

/** The bytes of a chunk. */
function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}
