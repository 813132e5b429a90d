// Reads one line of the text format from left to right. Not for what the words mean.

const BLANK = /[ \t]*/y
const WORD = /[^ \t]+/y

/** A line that does not keep to the format; the column is counted from 1. */
export class FormatError extends Error {
  override readonly name = 'FormatError'

  constructor(what: string, at: number) {
    super(`${what} at column ${at + 1}`)
  }
}

export class Cursor {
  private at = 0

  constructor(private readonly line: string) {}

  get isAtEnd(): boolean {
    return this.at >= this.line.length
  }

  peek(): string {
    return this.line.charAt(this.at)
  }

  fail(what: string): never {
    throw new FormatError(what, this.at)
  }

  /** Passes over blanks, and says whether there were any. */
  blank(): boolean {
    return this.match(BLANK) !== ''
  }

  /** Takes a character if it is the next one. */
  take(character: string): boolean {
    if (this.peek() !== character || this.isAtEnd) return false
    this.at++
    return true
  }

  expect(character: string): void {
    if (!this.take(character)) this.fail(`${JSON.stringify(character)} is missing`)
  }

  /** Takes what a sticky pattern finds here; empty where it finds nothing. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const [found = ''] = pattern.exec(this.line) ?? []
    this.at += found.length
    return found
  }

  /** Takes everything up to the next blank. */
  word(what: string): string {
    const word = this.match(WORD)
    return word === '' ? this.fail(`${what} is missing`) : word
  }

  /** Takes a quoted text. */
  quoted(): string {
    this.expect('"')
    const start = this.at
    let isEscaped = false
    for (; this.at < this.line.length; this.at++) {
      const character = this.peek()
      if (character === '"' && !isEscaped) {
        this.at++
        return unescaped(this.line.slice(start, this.at - 1))
      }
      isEscaped = character === '\\' && !isEscaped
    }
    return this.fail('a closing quote is missing')
  }

  /** Takes the rest of the line. */
  rest(): string {
    const rest = this.line.slice(this.at)
    this.at = this.line.length
    return rest
  }
}

/** `\\`, `\"` and `\n` are escapes; a backslash before anything else is a backslash, as OpenMetrics has it. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\([\\"n])/g, (_, character: string) => (character === 'n' ? '\n' : character))
}
