// The public declarations as one text: what users can see of the package. `npm run api` writes it to api.d.ts.
// Compilers do not use that file, they read dist/.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** What a module passes on. */
const exported = (text) => [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap((match) => match[1].split(',').map((name) => name.trim()))
/** In the order in which a reader wants them. */
const PUBLIC = [
  'index', 'testing', 'types', 'configuration', 'life/lifecycle', 'logs/logger', 'context/current', 'spans/tracer', 'spans/traced', 'metrics/instruments',
  'runs/runs', 'runs/cost',
  'context/request', 'context/bind_emitter', 'bridges/console',
  'context/propagation', 'serverless/wrap_handler', 'life/books', 'life/capture', 'runtime/config_error',
  'otel', 'opentelemetry/register', 'opentelemetry/tracer_provider', 'opentelemetry/meter_provider', 'opentelemetry/logger_provider',
  'opentelemetry/current', 'opentelemetry/propagator', 'opentelemetry/decision', 'opentelemetry/readable',
  'channels', 'diagnostics/subscribe',
  'http', 'requests/options', 'requests/middleware', 'requests/fastify',
  'pino', 'bridges/pino', 'winston', 'bridges/winston', 'nest', 'bridges/nest',
]
/** Modules whose other exports are internal: only what the face takes from them counts. */
const NAMES = new Set([
  ...['entry/api.ts', 'entry/otel_api.ts', 'entry/http_api.ts', 'otel.ts', 'http.ts', 'pino.ts', 'winston.ts', 'nest.ts', 'index.ts'].flatMap((file) => exported(readFileSync(join(root, 'lib', file), 'utf8'))),
  'Capture', 'Line', 'subscribe', 'stream', 'mixin', 'target', 'Transport', 'NestLogger',
])

/** Declarations with the comments in front of them. */
const declarations = (text) => text.split(/(?=^\/\*\*|^export |^import |^declare )/m)

function taken(text) {
  let comment = ''
  let kept = ''
  for (const part of declarations(text)) {
    if (part.startsWith('/**')) comment = part
    else {
      const name = part.match(/^export (?:declare )?(?:default )?(?:function|class|const|interface|type) (\w+)/)?.[1]
      if (name !== undefined && NAMES.has(name)) kept += comment + part
      comment = ''
    }
  }
  return kept
}

export function publicTypes() {
  const parts = PUBLIC.map((name) => {
    const text = readFileSync(join(root, 'dist', 'esm', `${name}.d.ts`), 'utf8')
    return `// ${name}\n${['index', 'testing', 'types', 'configuration', 'otel', 'channels', 'http', 'pino', 'winston', 'nest'].includes(name) ? text : taken(text)}`
  })
  return `// Made by scripts/api.mjs from the declarations in dist/; a test compares them.\n\n${parts.join('\n')}`
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(root, 'api.d.ts'), publicTypes())
