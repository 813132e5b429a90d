// pino and winston with their instrumentations, and with Vigie behind both directly: each record comes once.
const vigie = require('vigie')
const { register } = require('vigie/otel')
const { PinoInstrumentation } = require('@opentelemetry/instrumentation-pino')
const { WinstonInstrumentation } = require('@opentelemetry/instrumentation-winston')

register({ service: 'shop', outputs: [{ to: 'console', stream: 'stdout', format: 'json', signals: ['logs'] }], instrumentations: [new PinoInstrumentation(), new WinstonInstrumentation()] })
const pino = require('pino')
const winston = require('winston')
const { stream } = require('vigie/pino')
const { Transport } = require('vigie/winston')

const isBridged = process.argv[2] === 'bridged'
const log = pino({}, isBridged ? stream() : { write() {} })
const nowhere = new winston.transports.Stream({ stream: require('node:fs').createWriteStream('/dev/null') })
const other = winston.createLogger({ transports: [isBridged ? new Transport() : nowhere] })
vigie.span('work', () => {
  log.info({ a: 1 }, 'by pino')
  other.info('by winston', { a: 1 })
})
