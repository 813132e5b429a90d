// The plugin for Fastify.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { current, toEnter } from '../context/current.js'
import { begun, failed } from './begin.js'
import { type HttpOptions, Options } from './options.js'

/** What is needed of a request of Fastify. */
interface FastifyRequest {
  readonly raw: IncomingMessage
  readonly routeOptions?: { readonly url?: string | undefined }
}

type Done = (error?: Error) => void

/** What is needed of an instance of Fastify. */
interface Instance {
  addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: { readonly raw: ServerResponse }, done: Done) => void): unknown
  addHook(name: 'onError', hook: (request: FastifyRequest, reply: unknown, error: Error, done: () => void) => void): unknown
}

/**
 * A plugin for Fastify 4 and 5, for all routes of the instance that it is registered at: `app.register(fastify, options)`. What comes
 * behind it runs in the context of the request. Options that are not accepted are told to Fastify as a `ConfigError`.
 */
export function fastify(instance: unknown, options: HttpOptions<unknown>, done: Done): void {
  const own = instance as Instance
  let checked: Options
  try {
    // Fastify's own options of plugins stand beside.
    const { prefix: _prefix, logLevel: _level, logSerializers: _serializers, ...ours } = options as { [key: string]: unknown }
    checked = new Options(ours)
  } catch (error) {
    return done(error as Error)
  }
  own.addHook('onRequest', (request, reply, next) => {
    const served = begun(checked, request.raw, reply.raw, request, () => request.routeOptions?.url)
    if (served === undefined) next()
    else current.run(toEnter(served.context), next)
  })
  own.addHook('onError', (request, _reply, error, next) => {
    failed(request.raw, error)
    next()
  })
  done()
}

// A plugin that is one for the instance around it, and its name, as fastify-plugin says it.
Object.assign(fastify, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'vigie',
})
