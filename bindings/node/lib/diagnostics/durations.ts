// Histograms of durations in seconds, made when the first one is measured.

import { histogram } from '../metrics/instruments.js'
import type { Histogram } from '../types.js'

/** The instrument of this name. Throws where the program has another kind under it. */
export function seconds(name: string, description: string): Histogram {
  return histogram(name, { unit: 's', description })
}
