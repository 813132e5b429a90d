// A program in whose folders there is no OpenTelemetry API.
const Module = require('node:module')
const resolve = Module._resolveFilename
Module._resolveFilename = function (name, ...rest) {
  if (name.startsWith('@opentelemetry/')) throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' })
  return resolve.call(this, name, ...rest)
}
