// One sample line of the text format: name, labels, value, time, exemplar.

import { type Cursor } from './cursor.js'

export type Labels = { readonly [name: string]: string }

export interface Exemplar {
  readonly labels: Labels
  readonly value: number
  readonly timestamp_ms?: number
}

export interface Sample {
  readonly name: string
  readonly labels: Labels
  readonly value: number
  readonly timestamp_ms?: number
  readonly exemplar?: Exemplar
}

/** The two formats tell times in different units. */
export type Format = 'prometheus' | 'openmetrics'

const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i
const INTEGER = /^[+-]?\d+$/
const INFINITE = /^[+-]?inf(inity)?$/i

/** Reads a line that is no comment; throws a `FormatError`. */
export function readSample(line: Cursor, format: Format): Sample {
  const written = line.match(METRIC_NAME)
  line.blank()
  const { name: quoted, labels } = line.peek() === '{' ? readBraces(line, written === '') : { name: undefined, labels: {} }
  const name = written === '' ? quoted : written
  if (name === undefined || name === '') line.fail('the name of the metric is missing')
  line.blank()
  const value = readValue(line)
  const timestamp_ms = readTime(line, format)
  const exemplar = readExemplar(line)
  line.blank()
  if (!line.isAtEnd) line.fail('the line goes on behind its value and time')
  return { name, labels, value, ...(timestamp_ms === undefined ? {} : { timestamp_ms }), ...(exemplar === undefined ? {} : { exemplar }) }
}

/** Labels, and among them the name of the metric where it is one that needs quotes. */
function readBraces(line: Cursor, mayName: boolean): { name: string | undefined; labels: Labels } {
  const labels = new Map<string, string>()
  let name: string | undefined
  line.expect('{')
  line.blank()
  while (!line.take('}')) {
    const isQuoted = line.peek() === '"'
    const label = isQuoted ? line.quoted() : line.match(LABEL_NAME)
    line.blank()
    if (isQuoted && mayName && name === undefined && line.peek() !== '=') {
      name = label
    } else {
      if (label === '') line.fail('the name of a label is missing')
      if (labels.has(label)) line.fail(`label ${label} stands twice`)
      line.expect('=')
      line.blank()
      labels.set(label, line.quoted())
    }
    line.blank()
    if (!line.take(',') && line.peek() !== '}') line.fail('"," or "}" is missing')
    line.blank()
  }
  return { name, labels: Object.fromEntries(labels) }
}

function readValue(line: Cursor): number {
  const word = line.word('the value')
  return numberOf(word) ?? line.fail(`${word} is no number`)
}

function readTime(line: Cursor, format: Format): number | undefined {
  line.blank()
  if (line.isAtEnd || line.peek() === '#') return undefined
  const word = line.word('the time')
  if (format === 'prometheus') return INTEGER.test(word) ? Number(word) : line.fail(`${word} is no time in milliseconds`)
  return DECIMAL.test(word) ? Math.round(Number(word) * 1000) : line.fail(`${word} is no time in seconds`)
}

function readExemplar(line: Cursor): Exemplar | undefined {
  line.blank()
  if (!line.take('#')) return undefined
  line.blank()
  const { labels } = readBraces(line, false)
  line.blank()
  const value = readValue(line)
  // Exemplars come from OpenMetrics, whose times are seconds; servers that put them into the older text do the same.
  const timestamp_ms = readTime(line, 'openmetrics')
  return { labels, value, ...(timestamp_ms === undefined ? {} : { timestamp_ms }) }
}

/** A number as the format writes it; undefined for what is none. */
export function numberOf(word: string): number | undefined {
  if (DECIMAL.test(word)) return Number(word)
  if (INFINITE.test(word)) return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return /^[+-]?nan$/i.test(word) ? Number.NaN : undefined
}
