// Commands of ioredis, which publishes them since 5.10, its arguments made harmless.

import { ClientSpan } from './client_span.js'
import { Subscription } from './subscription.js'

/** As ioredis publishes it. */
interface Message {
  readonly command?: string
  readonly args?: readonly string[]
  readonly database?: number
  readonly serverAddress?: string
  readonly serverPort?: number
  readonly error?: unknown
}

const calls = new WeakMap<object, ClientSpan>()

export const ioredis = new Subscription<Message>('ioredis', ['@opentelemetry/instrumentation-ioredis'], {
  'tracing:ioredis:command:start': begin,
  'tracing:ioredis:command:error': (message) => calls.get(message)?.failed(message.error),
  'tracing:ioredis:command:asyncEnd': (message) => calls.get(message)?.end(),
})

function begin(message: Message): void {
  const { command = '', args = [], database, serverAddress, serverPort } = message
  const labels = { 'db.system.name': 'redis', 'db.operation.name': command, ...(serverAddress === undefined ? {} : { 'server.address': serverAddress }) }
  calls.set(message, new ClientSpan(command, 'ioredis', 'db.client.operation.duration', labels, {
    ...labels, 'db.query.text': [command, ...args].join(' '), 'db.namespace': database === undefined ? undefined : String(database), 'server.port': serverPort,
  }))
}
