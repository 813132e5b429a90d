// Forms: what is the same in all records of a kind (logger, severity, message, names and kinds of attributes), told to the core once.
// Not for values: those travel in the columns.

import { binding } from '#native'
import { Kind } from './wire.js'

/** Beyond this many forms the names of attributes travel with each record, because names made of data must not fill the memory. */
const MAX_FORMS = 8192
/** How many forms there are. */
let made = 0
/** Beyond this many constant texts per logger and severity, or names of spans, the text travels with each record. */
const MAX_TEXTS = 256
/** Longer texts are data, they do not stand in the code. */
const MAX_TEXT_LENGTH = 200
/** So many children are searched one by one. */
const FEW = 6

/** One node of the tree of forms: the attributes so far. */
export class Form {
  readonly root: Root
  readonly parent: Form | null
  readonly key: string
  readonly kind: number
  /** The constant text, or null when it travels with the record. */
  readonly constant: string | null
  /** The number in the core. It is -1 until a record of exactly this form is written. */
  id = -1
  /** The child that was found last, which is mostly the only one. */
  next: Form | null = null
  private readonly children: Form[] = []
  private index: Map<string, Form>[] | null = null

  constructor(root: Root, parent: Form | null, key: string, kind: number, constant: string | null) {
    this.root = root
    this.parent = parent
    this.key = key
    this.kind = kind
    this.constant = constant
  }

  /** The child for one more attribute, or null when there is none yet. */
  find(key: string, kind: number): Form | null {
    const found = this.index === null ? this.scan(key, kind) : this.index[kind]?.get(key)
    if (found === undefined) return null
    this.next = found
    return found
  }

  private scan(key: string, kind: number): Form | undefined {
    for (const child of this.children) if (child.key === key && child.kind === kind) return child
    return undefined
  }

  /** The child for one more attribute, which is made if need be. Null when there are too many forms already. */
  grow(key: string, kind: number): Form | null {
    const known = this.find(key, kind)
    if (known !== null) return known
    // Nothing grows behind a REST, so there is at most one of it for each form that exists.
    if (made >= MAX_FORMS && kind !== Kind.REST) return null
    made++
    const child = new Form(this.root, this, key, kind, this.constant)
    this.next = child
    this.children.push(child)
    if (this.index !== null) this.index[kind]?.set(key, child)
    else if (this.children.length > FEW) this.reindex()
    return child
  }

  private reindex(): void {
    const index: Map<string, Form>[] = Array.from({ length: Kind.REST + 1 }, () => new Map())
    for (const child of this.children) index[child.kind]?.set(child.key, child)
    this.index = index
  }

  /** Tells the core. This is called once for each form. */
  define(): number {
    const keys: string[] = []
    const kinds: number[] = []
    for (let form: Form | null = this; form !== null && form.parent !== null; form = form.parent) {
      keys.push(form.key)
      kinds.push(form.kind)
    }
    const { what, variant, scope, error } = this.root
    this.id = binding.form(what, variant, this.constant, scope, error, keys.reverse(), Int32Array.from(kinds.reverse()))
    return this.id
  }
}

/** Where the forms of one logger and severity, or of one kind of span, begin. */
export class Root {
  readonly what: number
  readonly variant: number
  readonly scope: string
  readonly error: boolean
  /** The text of the last record and its form. Most calls in a loop repeat them. */
  text: unknown = undefined
  form: Form
  /** The form of records that bring their text along. */
  readonly bringing: Form
  private readonly known = new Map<string, Form>()

  constructor(what: number, variant: number, scope: string, error: boolean) {
    this.what = what
    this.variant = variant
    this.scope = scope
    this.error = error
    this.bringing = new Form(this, null, '', Kind.REST, null)
    this.form = this.bringing
  }

  /** The form for a text that is not the last one. */
  find(text: string): Form {
    if (text.length > MAX_TEXT_LENGTH) return this.bringing
    let form = this.known.get(text)
    if (form === undefined) {
      if (this.known.size >= MAX_TEXTS || made >= MAX_FORMS) return this.bringing
      made++
      form = new Form(this, null, '', Kind.REST, text)
      this.known.set(text, form)
    }
    this.text = text
    this.form = form
    return form
  }
}
