// The middleware of each framework. Not for what is recorded of a request: see served.ts.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { current, toEnter } from '../context/current.js'
import { needed } from '../runtime/calls.js'
import { quietly } from '../values/budget.js'
import { begun, failed } from './begin.js'
import { type HttpOptions, Options } from './options.js'
import { servedBy } from './wires.js'

/** The parts of a request of Express that are looked at. */
interface ExpressRequest extends IncomingMessage {
  readonly baseUrl?: unknown
  readonly route?: { readonly path?: unknown } | undefined
}

const ROUTED = Symbol('vigie.route')

type Routed = ExpressRequest & { [ROUTED]?: ExpressRequest['route'] }

/** When a router has found the route, it says below which path it stands itself; later, when an error is handled, it does not. */
const ROUTE: PropertyDescriptor & ThisType<Routed> = {
  configurable: true,
  enumerable: true,
  get() {
    return this[ROUTED]
  },
  set(route: ExpressRequest['route']) {
    this[ROUTED] = route
    const served = servedBy(this)
    if (served !== undefined) served.route = routeOf(this.baseUrl, route?.path) ?? served.route
  },
}

function routeOf(base: unknown, path: unknown): string | undefined {
  if (typeof path !== 'string') return undefined
  const below = typeof base === 'string' ? base : ''
  return path === '/' && below !== '' ? below : below + path
}

/**
 * A middleware for Express 4 and 5, and for connect, to be used in front of all others: what comes behind it runs in the context of the
 * request. Throws a `ConfigError` for options that are not accepted.
 */
export function express<Q extends IncomingMessage = IncomingMessage>(
  options?: HttpOptions<Q>,
): (request: Q, response: ServerResponse, next: (error?: unknown) => void) => void {
  const checked = new Options(options)
  return function vigie(request, response, next) {
    const served = begun(checked, request, response, request)
    // A listener that is wrapped may be an application with this middleware in it.
    if (!Object.hasOwn(request, 'route')) quietly(undefined, () => Object.defineProperty(request, 'route', ROUTE))
    if (served === undefined) return next()
    current.run(toEnter(served.context), next)
  }
}

/**
 * A middleware for errors of Express, to be used behind all routes and in front of the program's own: an error that comes by is told with
 * its request, and goes on.
 */
export function expressErrors(): (error: unknown, request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void {
  return function vigieErrors(error, request, _response, next) {
    failed(request, error)
    next(error)
  }
}

/** What is needed of a context of Koa. */
interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** By `@koa/router`. */
  readonly _matchedRoute?: unknown
}

/** A middleware for Koa, to be used in front of all others. Throws a `ConfigError` for options that are not accepted. */
export function koa<C extends KoaContext = KoaContext>(options?: HttpOptions<C>): (context: C, next: () => Promise<unknown>) => Promise<void> {
  const checked = new Options(options)
  return async function vigie(context, next) {
    const served = begun(checked, context.req, context.res, context, () => routeOf('', context._matchedRoute))
    if (served === undefined) return void (await next())
    try {
      await current.run(toEnter(served.context), next)
    } catch (error) {
      failed(context.req, error)
      throw error
    }
  }
}

type Listener<Q, S> = (request: Q, response: S) => unknown

/**
 * A listener of `node:http`, `node:https` or of the compatibility face of `node:http2` that serves each request as a middleware does. What
 * the listener throws, or its promise is rejected with, goes on unchanged. Throws a `TypeError` for what is no function, and a
 * `ConfigError` for options that are not accepted.
 */
export function wrap<Q extends object = IncomingMessage, S extends object = ServerResponse>(listener: Listener<Q, S>, options?: HttpOptions<Q>): (request: Q, response: S) => unknown {
  const run = needed<Listener<Q, S>>(listener, 'wrap(listener)', 'the function that it gives back is the listener of the server')
  const checked = new Options(options)
  return function vigie(this: unknown, request, response) {
    const asked = request as unknown as ExpressRequest
    const served = begun(checked, asked, response as unknown as ServerResponse, request, () => routeOf(asked.baseUrl, asked.route?.path))
    if (served === undefined) return Reflect.apply(run, this, [request, response])
    try {
      const result = current.run(toEnter(served.context), () => Reflect.apply(run, this, [request, response]))
      return followed(result, asked)
    } catch (error) {
      failed(request, error)
      throw error
    }
  }
}

/** The same promise as far as anybody can tell: one that is rejected and that nobody looks at is told of by Node. */
function followed(result: unknown, request: object): unknown {
  if (!(result instanceof Promise)) return result
  return result.then(undefined, (error: unknown) => {
    failed(request, error)
    throw error
  })
}
