// `vigie/http`: requests that the program serves, by Express, Fastify, Koa and node:http. See README.md.

import type * as own from './entry/http_api.js'
import { face } from './entry/http.js'

export type { HttpOptions } from './requests/options.js'

export const express: typeof own.express = face.express
export const expressErrors: typeof own.expressErrors = face.expressErrors
export const fastify: typeof own.fastify = face.fastify
export const koa: typeof own.koa = face.koa
export const wrap: typeof own.wrap = face.wrap
