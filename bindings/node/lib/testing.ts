// `vigie/testing`: for users' tests.
// Not for production.

import type * as own from './face.js'
import { face } from './shared.js'

export type { Capture, Line } from './captures.js'

export const capture: typeof own.capture = face.capture
export const memoryLines: typeof own.memoryLines = face.memoryLines
