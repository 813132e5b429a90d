// The beginning of a request, whichever framework hands it over.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { quietly } from '../values/budget.js'
import { askedBy } from './message.js'
import type { Options } from './options.js'
import { Served } from './served.js'
import { follow, servedBy } from './wires.js'

/** Begins a request; undefined when it is served already, by a middleware around, or when its parts cannot be read. */
export function begun(options: Options, request: IncomingMessage, response: ServerResponse, shown: unknown, route?: () => string | undefined): Served | undefined {
  return quietly(undefined, () => {
    if (servedBy(request) !== undefined) return undefined
    const served = new Served(options, askedBy(request, shown), shown)
    follow(served, request, response, route)
    return served
  })
}

/** Tells what a handler of a request threw. */
export function failed(request: unknown, error: unknown): void {
  quietly(undefined, () => servedBy(request as object)?.failed(error))
}
