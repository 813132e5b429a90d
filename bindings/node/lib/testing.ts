// `vigie/testing`: what users' tests need. It keeps lines in memory, so it is not fit for production.

import type * as own from './entry/api.js'
import { face } from './entry/singleton.js'

export type { Capture, Line } from './life/capture.js'

export const capture: typeof own.capture = face.capture
export const memoryLines: typeof own.memoryLines = face.memoryLines
