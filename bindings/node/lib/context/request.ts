// The request that is being served, for what runs in it. Not for serving it: see requests/served.ts, without which there is none.

import type { Attributes } from '../types.js'
import { current } from './current.js'

/**
 * Adds attributes to the wide event of the request that is being served, which the middleware of `vigie/http` writes at its end. A
 * key that was added before takes the new value. A request takes 128 keys. Outside of a request, and when it has been answered, nothing
 * happens. Never throws.
 */
export function event(attributes: Attributes): void {
  const request = current.getStore()?.carried?.request
  if (request !== undefined && request !== null && typeof attributes === 'object' && attributes !== null) request.add(attributes)
}
