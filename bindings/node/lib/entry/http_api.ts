// Everything that `vigie/http` offers, by name. Not for users to import: ../http.ts is.

export { fastify } from '../requests/fastify.js'
export { express, expressErrors, koa, wrap } from '../requests/middleware.js'
