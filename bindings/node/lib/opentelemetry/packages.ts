// The packages of OpenTelemetry: the API, which is needed, and those of the SDK that somebody asked for. None is imported before.

import type * as Api from '@opentelemetry/api'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'

let known: typeof Api | undefined

/** A package as the program itself would find it; undefined where there is none. */
export function fromProgram<T>(name: string): T | undefined {
  for (const place of [process.argv[1], join(process.cwd(), 'program')]) {
    if (place === undefined) continue
    try {
      return createRequire(place)(name) as T
    } catch {
      // It is not there.
    }
  }
  return undefined
}

/** The OpenTelemetry API of the program. Throws where there is none. */
export function api(): typeof Api {
  // Bundlers have to see the name: in a bundle the program's own is there and nowhere else.
  known ??= fromProgram<typeof Api>('@opentelemetry/api') ?? beside()
  return known
}

function beside(): typeof Api {
  try {
    return require('@opentelemetry/api') as typeof Api
  } catch {
    throw new Error('vigie/otel needs the package @opentelemetry/api; accepted: 1.x, installed beside the program')
  }
}

/** A package that an option needs. Throws where there is none. */
export function needed<T>(name: string, option: string): T {
  const found = fromProgram<T>(name)
  if (found === undefined) throw new Error(`${option} of vigie/otel needs the package ${name}, and it is not installed`)
  return found
}
