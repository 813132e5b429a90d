// pino's way to Vigie: a destination in the program's own thread, and a target for pino's worker thread. pino is not imported.

import { binding } from '#native'
import { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { handOverAll } from '../batch/handover.js'
import { here } from '../context/current.js'
import { putLine } from '../logs/write_line.js'
import { flush, flushSync } from '../life/lifecycle.js'
import { isScalar } from '../values/kinds.js'
import { hex8 } from '../runtime/hex.js'
import { bridged } from '../runtime/instrumented.js'
import { ConfigError } from '../runtime/config_error.js'

/** What pino was told to call parts of its lines. */
export interface PinoOptions {
  /** pino's `messageKey`. Default: `msg`. */
  readonly messageKey?: string
  /** pino's `errorKey`. Default: `err`. */
  readonly errorKey?: string
}

/** A destination of pino. */
export interface PinoStream {
  /** Takes a line. Never throws. */
  write(line: string): void
  /** Waits until everything recorded is out, for two seconds at most: pino asks for it where the program ends at once. */
  flushSync(): void
  /** Waits until everything recorded is out, and calls back. */
  flush(done?: (error?: Error) => void): void
  /** Takes what is left; Vigie goes on. */
  end(): void
}

const FLUSH_MS = 2000
/** By this pino is asked to say beside each line what it consists of. */
const METADATA = Symbol.for('pino.metadata')
/** The instrumentation that sees the same lines. */
const INSTRUMENTATION = '@opentelemetry/instrumentation-pino'
/** The last of pino's own levels, which are tens. */
const FATAL = 60

/** The numbers of keys that were registered. */
const registered = new Map<string, number>()

function keysOf(options: PinoOptions | undefined): number {
  const { messageKey = 'msg', errorKey = 'err' } = options ?? {}
  const problems = Object.entries({ messageKey, errorKey }).filter(([, value]) => typeof value !== 'string' || value === '')
  if (problems.length > 0) {
    const told = problems.map(([key, value]) => ({ key, value: String(value), accepted: 'the name of a key' }))
    throw new ConfigError(told.map(({ key, value, accepted }) => `${key}: ${value}; accepted: ${accepted}`).join('\n'), told)
  }
  const name = JSON.stringify([messageKey, errorKey])
  const known = registered.get(name) ?? binding.lineKeys(messageKey, errorKey)
  registered.set(name, known)
  return known
}

/** What pino sets before it writes a line. */
interface Metadata {
  readonly levels?: { readonly labels?: { readonly [level: number]: string } }
}

class Stream implements PinoStream {
  readonly [METADATA] = true
  lastLevel: unknown = 0
  lastLogger: Metadata | null = null
  // pino sets these too; a class that has them from the beginning is quicker to set.
  lastObj: unknown = null
  lastMsg: unknown = undefined
  lastTime: unknown = ''

  constructor(private readonly keys: number) {}

  write(line: string): void {
    const { lastLevel } = this
    const level = typeof lastLevel === 'number' && lastLevel > 0 && lastLevel < 2 ** 31 ? Math.floor(lastLevel) : 0
    putLine(this.keys, line, level, level % 10 === 0 && level <= FATAL ? '' : this.name(level))
  }

  private name(level: number): string {
    const name = this.lastLogger?.levels?.labels?.[level]
    return typeof name === 'string' ? name.slice(0, 100) : ''
  }

  flushSync(): void {
    flushSync(FLUSH_MS)
  }

  flush(done?: (error?: Error) => void): void {
    void flush(FLUSH_MS).then(() => done?.())
  }

  end(): void {
    handOverAll()
  }
}

/**
 * A destination for pino in the program's own thread: `pino(options, stream())`, also in `pino.multistream`. Lines are taken as pino
 * wrote them, after its redaction, serializers and formatters, and are read by the core on its own thread: `level` by its number, a level of
 * the program's own with its name as `level_name`; `time`; `name` as the logger, which is `pino` without one; `msg`; `err` with its
 * causes as `error`; everything else as attributes. pino's level alone decides what is recorded, unless `level` or `levels` of
 * the settings say otherwise. Each record stands in the context of its call. Throws a `ConfigError` for options that are not accepted.
 */
export function stream(options?: PinoOptions): PinoStream {
  const keys = keysOf(options)
  bridged(INSTRUMENTATION, 'vigie/pino')
  return new Stream(keys)
}

/**
 * The ids and context attributes of the current context, for pino's option `mixin`: a worker thread knows nothing of the context of a
 * call, so that its target finds it in the line. Never throws.
 */
export function mixin(): { [key: string]: string | number | boolean | null } {
  const { traceId, spanId, flags, carried } = here()
  const said: { [key: string]: string | number | boolean | null } = {}
  if (traceId !== undefined && spanId !== undefined) Object.assign(said, { trace_id: traceId, span_id: spanId, trace_flags: hex8(flags) })
  for (const [key, value] of carried?.attributes ?? []) if (isScalar(value)) said[key] = value
  return said
}

/**
 * The target of a transport, which pino loads in its worker thread: `pino({ transport: { target: 'vigie/pino' } })`. It shares the outputs
 * of the process, so that `vigie.init` counts for it.
 */
export default function target(options?: PinoOptions): Writable {
  const keys = keysOf(options)
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const take = (text: string): void => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') putLine(keys, line, levelOf(line), '')
    // A worker may be ended at any time, and what waits here would be gone.
    handOverAll()
  }
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      take(typeof chunk === 'string' ? chunk : decoder.write(chunk))
      done()
    },
    final(done) {
      take(`${decoder.end()}\n`)
      void flush(FLUSH_MS).then(() => done())
    },
  })
}

/** The level of a line, where it stands at its place. */
function levelOf(line: string): number {
  const found = /^\{"level":(\d{1,9})[,}]/.exec(line)
  return found === null ? 0 : Number(found[1])
}
