// What is asked at the end of a program, when its event loop is empty: processors hold back what nobody else asks them for then.

import process from 'node:process'

const asked = new Set<() => Promise<void>>()

/** Has `flush`, which never rejects, called once then. */
export function atEnd(flush: () => Promise<void>): void {
  if (asked.size === 0) process.once('beforeExit', askAll)
  asked.add(flush)
}

function askAll(): void {
  const all = [...asked]
  asked.clear()
  for (const flush of all) void flush()
}
