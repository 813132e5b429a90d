// What users of the bridges and of vigie/http write, with the types of the libraries.
import { type LoggerService, type LogLevel } from '@nestjs/common'
import Fastify from 'fastify'
import http from 'node:http'
import http2 from 'node:http2'
import pino from 'pino'
import * as vigie from 'vigie'
import { express, expressErrors, fastify, type HttpOptions, koa, wrap } from 'vigie/http'
import { NestLogger } from 'vigie/nest'
import target, { mixin, type PinoOptions, type PinoStream, stream } from 'vigie/pino'
import { Transport, type WinstonOptions } from 'vigie/winston'
import winston from 'winston'

const destination: PinoStream = stream({ messageKey: 'message', errorKey: 'error' })
const options: PinoOptions = {}
pino({ level: 'debug', mixin }, stream(options)).info({ a: 1 }, 'm')
pino({}, pino.multistream([{ level: 'info', stream: destination }]))
pino({ transport: { target: 'vigie/pino', options } })
target(options).end()

const chosen: WinstonOptions = { level: 'info', silent: false }
winston.createLogger({ transports: [new Transport(), new Transport(chosen)] }).info('m', { a: 1 })

const nest: LoggerService = new NestLogger()
const levels: LogLevel[] = ['log', 'fatal']
nest.setLogLevels?.(levels)

const app = Fastify()
void app.register(fastify, { skip: ['/health*'], context: () => ({ tenant_id: 't' }) })

const shared: HttpOptions = { span: false, event: true }
const middleware = express({ ...shared, context: (request) => ({ user_id: request.headers['x-user'] }) })
const errors: (error: unknown, request: http.IncomingMessage, response: http.ServerResponse, next: (error?: unknown) => void) => void = expressErrors()
const forKoa = koa({ context: ({ req }) => ({ method: req.method }) })
http.createServer(wrap((request, response) => void response.end(request.url), { context: (request) => ({ a: request.method }) }))
http2.createServer(wrap((request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => void response.end(request.url)))
void [middleware, errors, forKoa]

vigie.event({ cart_items: 3 })
const end: () => void = vigie.captureConsole({ keepOutput: true })
end()
const worker: http.Server = vigie.bindEmitter(http.createServer())
void worker

// @ts-expect-error there is no such option
express({ sapn: true })
// @ts-expect-error a path is a text
express({ skip: [/health/] })
// @ts-expect-error attributes have names
vigie.event('cart_items')
// @ts-expect-error what emits nothing has no listeners
vigie.bindEmitter({})
