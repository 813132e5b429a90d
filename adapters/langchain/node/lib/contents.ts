// Messages, arguments, results and documents in the form of OpenTelemetry's conventions, as far as they are wanted.
// Not for names and numbers of requests: see models.ts.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Attributes } from 'vigie'
import type { Metadata } from './meaning.js'
import { type Answer, type Generation, generationsOf, type Message } from './models.js'
import type { Names } from './names.js'
import type { Complete } from './settings.js'

const ROLES: { readonly [type: string]: string } = { human: 'user', ai: 'assistant' }
const CUT = '[truncated]'
/** So deep go values that are told. */
const DEPTH = 16

/** A document, as far as it is read. */
export interface Document {
  readonly id?: unknown
  readonly pageContent?: unknown
  readonly metadata?: Metadata
}

/** What is recorded of content, by the settings. */
export class Contents {
  readonly isOff: boolean
  private readonly isFull: boolean

  constructor(
    private readonly names: Names,
    private readonly settings: Complete,
  ) {
    this.isOff = settings.content === 'off'
    this.isFull = settings.content === 'full'
  }

  /** The messages of a request, system instructions apart. */
  request(messages: readonly Message[], run: string): Attributes {
    if (!this.isFull) return this.counted(messages.map(({ content }) => content))
    const system = messages.filter(({ type }) => type === 'system')
    const others = messages.filter(({ type }) => type !== 'system')
    const found = this.texts(this.names.input_messages, others.map(told), run)
    return system.length === 0 ? found : { ...found, ...this.texts(this.names.system_instructions, system.flatMap(parts), run) }
  }

  /** The texts of a request to a model that takes texts. */
  prompts(prompts: readonly string[], run: string): Attributes {
    if (!this.isFull) return this.counted(prompts)
    return this.texts(this.names.input_messages, prompts.map((content) => ({ role: 'user', parts: [{ type: 'text', content }] })), run)
  }

  /** The messages of an answer. */
  answer(answer: Answer, run: string): Attributes {
    return this.isFull ? this.texts(this.names.output_messages, generationsOf(answer).map(answered), run) : {}
  }

  /** The arguments of a tool, which LangChain hands on as JSON text. */
  arguments(input: string, run: string): Attributes {
    return this.one(this.names.tool_arguments, parsed(input), run)
  }

  /** The result of a tool: a message, or what the tool returned. */
  result(output: unknown, run: string): Attributes {
    const content = typeof output === 'object' && output !== null ? (output as Message).content : undefined
    return this.one(this.names.tool_result, content ?? output, run)
  }

  /** What a retriever was asked. */
  query(query: string, run: string): Attributes {
    return this.one(this.names.query_text, query, run)
  }

  /** What a retriever found: how much, and with full content identifiers, scores and texts. */
  documents(documents: readonly Document[], run: string): Attributes {
    const count = { [this.names.documents_count]: documents.length }
    return this.isFull ? { ...count, ...this.texts(this.names.documents, documents.map(documented), run) } : count
  }

  /** What an application says with an event of its own. */
  event(data: unknown): Attributes {
    if (!this.isFull) return {}
    const value = plain(data, this.settings.redact, DEPTH)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Attributes) : { data: value }
  }

  private one(name: string, value: unknown, run: string): Attributes {
    if (this.isOff) return {}
    return this.isFull ? this.texts(name, value, run) : { [this.names.content_characters]: lengthOf(value) }
  }

  private counted(contents: readonly unknown[]): Attributes {
    if (this.isOff) return {}
    const characters = contents.reduce((sum: number, content) => sum + lengthOf(content), 0)
    return { [this.names.messages_count]: contents.length, [this.names.content_characters]: characters }
  }

  private texts(name: string, given: unknown, run: string): Attributes {
    const value = plain(given, this.settings.redact, DEPTH)
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
    const { contentBytes, contentFolder } = this.settings
    const bytes = Buffer.from(text)
    // Not the text: Vigie's own redaction looks at keys and values.
    if (bytes.length <= contentBytes) return { [name]: value }
    if (contentFolder !== undefined) return { [`${name}.file`]: filed(contentFolder, name, text, run) }
    return { [name]: cut(bytes, Math.max(0, contentBytes - CUT.length)) + CUT }
  }
}

/** So many bytes, without the part of a character at the end. */
function cut(bytes: Buffer, most: number): string {
  let end = most
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}

function filed(folder: string, name: string, text: string, run: string): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${run}.${name}.json`)
  // Nobody but the user of the process may read it.
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

function lengthOf(content: unknown): number {
  return typeof content === 'string' ? content.length : (JSON.stringify(plain(content, undefined, DEPTH)) ?? '').length
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The value of lists, plain members and scalars alone, every text redacted. */
function plain(value: unknown, redact: Complete['redact'], depth: number): unknown {
  if (typeof value === 'string') return redact === undefined ? value : redact(value)
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'object') return plain(String(value), redact, depth)
  if (depth === 0) return CUT
  if (Array.isArray(value)) return value.map((member) => plain(member, redact, depth - 1))
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member, redact, depth - 1)]))
}

function told(message: Message): object {
  const type = message.type ?? ''
  return { role: ROLES[type] ?? type, parts: parts(message) }
}

function parts(message: Message): readonly object[] {
  const { type, content, tool_call_id: id, tool_calls: calls = [] } = message
  if (type === 'tool') return [{ type: 'tool_call_response', id, response: content }]
  const texts = Array.isArray(content) ? (content as unknown[]) : content === '' || content === undefined ? [] : [content]
  const found = texts.map((part) => (typeof part === 'string' ? { type: 'text', content: part } : (part as object)))
  return [...found, ...calls.map(({ id, name, args }) => ({ type: 'tool_call', id, name, arguments: args }))]
}

function answered({ message, text }: Generation): object {
  return message === undefined ? { role: 'assistant', parts: [{ type: 'text', content: text }] } : told(message)
}

function documented({ id, pageContent, metadata }: Document): object {
  const score = metadata?.['score']
  return { id, content: pageContent, ...(score === undefined ? {} : { score }) }
}
