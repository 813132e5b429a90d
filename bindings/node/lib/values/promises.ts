// Promises that users' functions return, and how to learn of their end without touching them.

import { types } from 'node:util'
import { quietly } from './budget.js'
import { inheritedData } from './describe.js'

/**
 * Calls one of these when `value` has settled. False when it is no promise of the engine: another thenable may begin its work
 * only when it is asked to, so it is not asked. Nothing that `value` becomes of is known to anyone else.
 */
export function watch(value: unknown, done: (result: unknown) => void, failed: (error: unknown) => void): boolean {
  if (typeof value !== 'object' || value === null || !types.isPromise(value)) return false
  return quietly(false, () => {
    if (inheritedData(value, 'then') !== Promise.prototype.then) return false
    // Neither of the two throws, so that this second promise never rejects.
    void Promise.prototype.then.call(value, done, failed)
    return true
  })
}
