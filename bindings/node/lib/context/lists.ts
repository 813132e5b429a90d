// Lists of `key=value` members in headers, tidied as the core would write them, without a call into the core.
// Not for members that cannot be passed on as they are: of those these functions know nothing, and the core reads them.

/** Longer lists are left to the core, which knows the limits. */
const MOST_STATE = 512
const MOST_BAGGAGE = 4096
const MOST_MEMBERS = 64
const MOST_STATES = 32
/** A list that is no longer than this has neither too many members nor one that is too long. */
const SHORT_STATE = 127
const MOST_KEY = 256
const MOST_VALUE = 256

/** Any number of members, and commas between them. */
function listOf(member: string, flags: string): RegExp {
  return new RegExp(`^${member}(?:,${member})*$`, flags)
}

const STATE_KEY = '[a-z0-9][a-z0-9_*/@-]*'
/** Printable characters without `,` and `=`; a space may only stand between them. */
const STATE_VALUE = '[!-+\\--<>-~]+(?: +[!-+\\--<>-~]+)*'
const STATE = listOf(`${STATE_KEY}=${STATE_VALUE}`, '')

const NAME = "[\\w!#$%&'*+.^`|~-]+"
/** What stands for itself in a value: printable characters without space, `"`, `%`, `,`, `;` and `\`. */
const PLAIN = '[!#$&-+\\--:<-[\\]-~]'
const BEHIND = '%[89AB][0-9A-F]'
/** The escapes of one character beyond ASCII, in UTF-8. */
const WIDE = `(?:C[2-9A-F]|D[0-9A-F]|E0%[AB][0-9A-F]|ED%[89][0-9A-F]|(?:E[1-9A-CEF]|F0%[9AB][0-9A-F]|F4%8[0-9A-F]|F[1-3]${BEHIND})${BEHIND})${BEHIND}`

/** A value in which escapes like this may stand. */
function valueOf(ascii: string): string {
  return `${PLAIN}*(?:%(?:${ascii}|${WIDE})${PLAIN}*)*`
}

/** Baggage that the core would write just so: what could stand for itself does. */
const TIDY = listOf(`${NAME}=${valueOf('[01][0-9A-F]|2[025C]|3B|5C|7F')}`, '')
/** Baggage whose escapes say something, in whatever case; with properties. */
const VALID = listOf(`${NAME}=${valueOf('[0-7][0-9A-F]')}(?:;[^,]*)?`, 'i')

/** A `tracestate` as the core passes it on, or undefined when that is for the core to say. */
export function tidyState(text: string): string | undefined {
  return text.length > MOST_STATE ? undefined : tidied(text, (list) => (isState(list) ? list : undefined))
}

/** A `baggage` as the core writes it, or undefined when that is for the core to say. */
export function tidyBaggage(text: string): string | undefined {
  return text.length > MOST_BAGGAGE ? undefined : tidied(text, tidyMembers)
}

/** Tries a list as it is, and then without the white space around its members. */
function tidied(text: string, tidy: (list: string) => string | undefined): string | undefined {
  if (text === '') return text
  return tidy(text) ?? (/[ \t]/.test(text) ? tidy(text.replaceAll(/^[ \t]+|[ \t]*(,)[ \t]*|[ \t]+$/g, '$1')) : undefined)
}

function isState(text: string): boolean {
  return STATE.test(text) && (text.length <= SHORT_STATE || fits(text.split(',')))
}

/** Whether neither the list nor any key or value in it is too long. */
function fits(members: readonly string[]): boolean {
  return members.length <= MOST_STATES && members.every((member) => {
    const end = member.indexOf('=')
    return end <= MOST_KEY && member.length - end <= MOST_VALUE + 1
  })
}

function tidyMembers(text: string): string | undefined {
  const isTidy = TIDY.test(text)
  return (isTidy || VALID.test(text)) && haveOwnNames(text) ? (isTidy ? text : rewritten(text)) : undefined
}

/** Where the names of the list at hand begin and end. */
const starts = new Int32Array(MOST_MEMBERS)
const ends = new Int32Array(MOST_MEMBERS)

/** Whether there are not too many members, each under another name. */
function haveOwnNames(text: string): boolean {
  let at = 0
  for (let members = 0; members < MOST_MEMBERS; members++) {
    const end = text.indexOf('=', at)
    for (let k = 0; k < members; k++) {
      const other = starts[k] as number
      if ((ends[k] as number) - other === end - at && isSame(text, at, other, end - at)) return false
    }
    starts[members] = at
    ends[members] = end
    at = text.indexOf(',', end) + 1
    if (at === 0) return true
  }
  return false
}

function isSame(text: string, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (text.charCodeAt(a + i) !== text.charCodeAt(b + i)) return false
  return true
}

const COMMA = 44
const SEMICOLON = 59
const EQUALS = 61
const PERCENT = 37
/** Upper-case digits come up to here, lower-case ones behind it. */
const LAST_UPPER = 70

/** Valid baggage with what is escaped without need as itself, other escapes in upper case, and without properties. */
function rewritten(text: string): string {
  let done = ''
  let from = 0
  let inValue = false
  const { length } = text
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code === PERCENT && inValue) {
      const high = text.charCodeAt(at + 1)
      const low = text.charCodeAt(at + 2)
      const self = SELVES[(digit(high) << 4) | digit(low)] as string
      if (self !== '' || high > LAST_UPPER || low > LAST_UPPER) {
        done += text.slice(from, at) + (self || text.slice(at, at + 3).toUpperCase())
        from = at + 3
      }
      at += 2
    } else if (code === EQUALS) inValue = true
    else if (code === COMMA) inValue = false
    else if (code === SEMICOLON) {
      const comma = text.indexOf(',', at)
      done += text.slice(from, at)
      from = comma < 0 ? length : comma
      at = from - 1
    }
  }
  return done + text.slice(from)
}

/** The value of a hexadecimal digit by its character code. */
function digit(code: number): number {
  return code <= 57 ? code - 48 : (code | 32) - 87
}

/** The characters that stand for themselves, by their code. */
const SELVES: readonly string[] = Array.from({ length: 256 }, (_, code) => {
  const char = String.fromCharCode(code)
  return new RegExp(PLAIN).test(char) ? char : ''
})
