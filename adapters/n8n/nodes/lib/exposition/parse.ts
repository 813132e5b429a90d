// Prometheus's text format 0.0.4 and OpenMetrics 1.0, with names in UTF-8, line by line: a bad line costs itself, not the page.

import { Cursor, FormatError, unescaped } from './cursor.js'
import { Families, type Family, type MetricType, TYPES } from './families.js'
import { type Format, readSample, type Sample } from './sample.js'

export interface Reading extends Sample {
  readonly family: Family
}

export interface Page {
  readonly samples: readonly Reading[]
  /** What is wrong, with the number of the line; the first ones. */
  readonly faults: readonly string[]
  readonly faulty_lines: number
}

const MOST_FAULTS = 10
const FAMILY_NAME = /[^ \t"]+/y
const KEYWORD = /(HELP|TYPE|UNIT)(?=[ \t])/y

/**
 * Reads a page of metrics.
 *
 * @param contentType of the answer, which names the format; without it the last line tells: OpenMetrics ends in `# EOF`
 */
export function parse(text: string, contentType = ''): Page {
  const format = formatOf(text, contentType)
  const families = new Families()
  const samples: Sample[] = []
  const faults: string[] = []
  let faulty_lines = 0
  for (const [index, line] of text.split('\n').entries()) {
    try {
      const sample = readLine(line.endsWith('\r') ? line.slice(0, -1) : line, format, families)
      if (sample !== undefined) samples.push(sample)
    } catch (error) {
      faulty_lines++
      if (faults.length < MOST_FAULTS) faults.push(`line ${index + 1}: ${error instanceof FormatError ? error.message : String(error)}`)
    }
  }
  // A family may be told after its samples.
  return { samples: samples.map((sample) => ({ ...sample, family: families.of(sample.name) })), faults, faulty_lines }
}

function formatOf(text: string, contentType: string): Format {
  if (contentType !== '') return contentType.includes('application/openmetrics-text') ? 'openmetrics' : 'prometheus'
  return /(^|\n)# EOF\r?\n?$/.test(text) ? 'openmetrics' : 'prometheus'
}

function readLine(text: string, format: Format, families: Families): Sample | undefined {
  const line = new Cursor(text)
  line.blank()
  if (line.isAtEnd) return undefined
  if (!line.take('#')) return readSample(line, format)
  line.blank()
  const keyword = line.match(KEYWORD)
  // Any other comment is for people.
  if (keyword !== '') readFamily(keyword, line, families)
  return undefined
}

function readFamily(keyword: string, line: Cursor, families: Families): void {
  line.blank()
  const name = line.peek() === '"' ? line.quoted() : line.match(FAMILY_NAME)
  if (name === '') line.fail('the name of the metric is missing')
  line.blank()
  const text = line.rest()
  if (keyword === 'HELP') families.tell(name, { help: unescaped(text) })
  else if (keyword === 'UNIT') families.tell(name, { unit: text.trim() })
  else families.tell(name, { type: typeOf(text.trim().toLowerCase(), line) })
}

function typeOf(word: string, line: Cursor): MetricType {
  return TYPES.find((type) => type === word) ?? line.fail(`${word} is no type of a metric`)
}
