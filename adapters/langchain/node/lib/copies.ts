// The copies of @langchain/core that a process may have: those of ES modules and of CommonJS, of each place where it is installed.

import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The class `CallbackManager` of a copy. */
export interface Manager {
  new (parentRunId: string | undefined, options: object): { handleChainStart(...all: unknown[]): Promise<unknown> | undefined }
  _configureSync(...all: unknown[]): unknown
}

/** The classes that are patched. */
interface Classes {
  readonly CallbackManager: Manager
  readonly BaseChatModel: { readonly prototype: object }
  readonly BaseLLM: { readonly prototype: object }
  readonly BaseRetriever: { readonly prototype: object }
  readonly Runnable: { readonly prototype: object }
  readonly RunnableLambda: { readonly prototype: object }
}

/** Those of a copy that are there. */
export type Copy = Partial<Classes>

const ENTRIES = ['callbacks/manager', 'language_models/chat_models', 'language_models/llms', 'retrievers', 'runnables']
/** What has LangChain among what it needs and may bring a copy of its own. */
const USERS = ['langchain', '@langchain/langgraph', '@langchain/openai', '@langchain/anthropic', '@langchain/community']

/** The files of the entries in the copy that is found from `from`, as CommonJS has them. */
function resolved(from: string): readonly string[] {
  try {
    const { resolve } = createRequire(from)
    return ENTRIES.map((entry) => resolve(`@langchain/core/${entry}`))
  } catch {
    return []
  }
}

/** The place of a package as seen from another. */
function placeOf(name: string, from: string): readonly string[] {
  try {
    return [createRequire(from).resolve(name)]
  } catch {
    return []
  }
}

/** The entries of every copy that is found from these places and from the program, as CommonJS has them. */
export function found(places: readonly string[]): readonly (readonly string[])[] {
  const script = process.argv[1]
  const near = [...places, __filename, join(process.cwd(), 'index.js'), ...(script === undefined ? [] : [script])]
  const all = near.flatMap((from) => [from, ...USERS.flatMap((name) => placeOf(name, from))])
  const copies = new Map(all.map((from) => resolved(from)).map((files) => [files[0], files]))
  return [...copies.values()].filter((files) => files.length > 0)
}

/** A file of a CommonJS copy by which it is known, and those with the classes, as seen from the same folder. */
const KNOWN = ['@langchain', 'core', 'dist', 'callbacks', 'manager.cjs'].join(sep)
const FILES = ['callbacks/manager', 'language_models/chat_models', 'language_models/llms', 'retrievers/index', 'runnables/base']

/** The copies for CommonJS that the program has loaded, from wherever. None is loaded for this: that takes half a second. */
export function required(): readonly Copy[] {
  const managers = Object.keys(require.cache).filter((file) => file.endsWith(KNOWN))
  return managers.map((manager) => {
    const home = dirname(dirname(manager))
    return joined(FILES.map((file) => (require.cache[join(home, `${file}.cjs`)]?.exports ?? {}) as object))
  })
}

/** The copy for ES modules beside these files, which is loaded here if the program has not done it. */
export async function imported(files: readonly string[]): Promise<Copy> {
  try {
    return joined(await Promise.all(files.map(async (file) => (await import(pathToFileURL(twin(file)).href)) as object)))
  } catch {
    return {}
  }
}

/** The file for ES modules beside one of CommonJS. */
function twin(file: string): string {
  return file.replace(/\.cjs$/, '.js')
}

function joined(modules: readonly object[]): Copy {
  return Object.assign({}, ...modules) as Copy
}
