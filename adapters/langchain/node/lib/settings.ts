// What can be set, and what is accepted.

/** US dollars for a million tokens. What has no price of its own costs what input does. */
export interface Price {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
}

/** The settings of `instrument` and of a handler. */
export interface Settings {
  /** How much of messages, arguments, results and documents is recorded: nothing, counts and lengths, or everything, redacted by Vigie's rules. Default: `off`. */
  readonly content?: 'off' | 'metadata' | 'full'
  /** The longest such attribute in bytes; more is cut, or goes into a file below `contentFolder`. Default: 16384. */
  readonly contentBytes?: number
  /** A folder for content that is longer. The attribute `NAME.file` is the path of its file. */
  readonly contentFolder?: string
  /** Is called with each text of content before it is recorded anywhere. */
  readonly redact?: (text: string) => string
  /** The user's own prices, by `provider/model` or `model`. */
  readonly prices?: { readonly [model: string]: Price }
  /** Shows the runs of prompts, parsers and passthroughs too. */
  readonly showAll?: boolean
  /** Is called as an outermost run begins: the attributes of its span and of those of all runs below it. */
  readonly attributes?: () => { readonly [key: string]: string } | undefined
}

/** The settings with what is not given. */
export interface Complete {
  readonly content: 'off' | 'metadata' | 'full'
  readonly contentBytes: number
  readonly contentFolder: string | undefined
  readonly redact: ((text: string) => string) | undefined
  readonly prices: { readonly [model: string]: Price } | undefined
  readonly showAll: boolean
  readonly attributes: (() => { readonly [key: string]: string } | undefined) | undefined
}

const CONTENTS = ['off', 'metadata', 'full']
const KEYS: ReadonlySet<string> = new Set(['content', 'contentBytes', 'contentFolder', 'redact', 'prices', 'showAll', 'attributes'])
const PRICES = ['input', 'output', 'cacheRead', 'cacheWrite']

/** Checks settings. Throws a `TypeError` that names the key, the value and what is accepted. */
export function completed(given: Settings): Complete {
  for (const key of Object.keys(given)) if (!KEYS.has(key)) refuse(key, 'unknown', [...KEYS].join(', '))
  const { content = 'off', contentBytes = 16 * 1024, contentFolder, redact, prices, showAll = false, attributes } = given
  if (!CONTENTS.includes(content)) refuse('content', content, CONTENTS.join(', '))
  if (!Number.isInteger(contentBytes) || contentBytes <= 0) refuse('contentBytes', contentBytes, 'a whole number above 0')
  if (contentFolder !== undefined && typeof contentFolder !== 'string') refuse('contentFolder', contentFolder, 'a path')
  if (redact !== undefined && typeof redact !== 'function') refuse('redact', redact, 'a function from string to string')
  if (typeof showAll !== 'boolean') refuse('showAll', showAll, 'true, false')
  if (attributes !== undefined && typeof attributes !== 'function') refuse('attributes', attributes, 'a function that gives attributes')
  for (const [model, price] of Object.entries(prices ?? {})) check(model, price)
  return { content, contentBytes, contentFolder, redact, prices, showAll, attributes }
}

function check(model: string, price: Price): void {
  const key = `prices: ${model}`
  const kinds = Object.keys(price ?? {})
  if (!kinds.includes('input') || !kinds.includes('output')) refuse(key, kinds.join(', '), `input and output; besides ${PRICES.slice(2).join(', ')}`)
  for (const [kind, amount] of Object.entries(price) as [string, unknown][]) {
    if (!PRICES.includes(kind)) refuse(key, kind, PRICES.join(', '))
    if (typeof amount !== 'number' || !(amount >= 0)) refuse(`${key}: ${kind}`, amount, 'USD per million tokens, 0 or more')
  }
}

function refuse(key: string, value: unknown, accepted: string): never {
  throw new TypeError(`${key}: ${JSON.stringify(value) ?? String(value)}; accepted: ${accepted}`)
}
