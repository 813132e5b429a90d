// What a page says of its metrics: type, help, unit; and which family a sample's name belongs to.

export const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped', 'unknown', 'gaugehistogram', 'info', 'stateset'] as const

export type MetricType = (typeof TYPES)[number]

export interface Family {
  readonly name: string
  readonly type: MetricType
  readonly help: string
  readonly unit: string
}

/** What a type's samples add to the name of their family. */
const SUFFIXES: { readonly [type in MetricType]?: readonly string[] } = {
  counter: ['_total', '_created'],
  histogram: ['_bucket', '_sum', '_count', '_created'],
  gaugehistogram: ['_bucket', '_gsum', '_gcount'],
  summary: ['_sum', '_count', '_created'],
  info: ['_info'],
}

export class Families {
  private readonly told = new Map<string, Family>()


  tell(name: string, what: Partial<Omit<Family, 'name'>>): void {
    this.told.set(name, { ...this.get(name), ...what })
  }

  /** The family of a sample; one of its own where the page says nothing of it. */
  of(sample: string): Family {
    const exact = this.told.get(sample)
    if (exact !== undefined) return exact
    for (let at = sample.lastIndexOf('_'); at > 0; at = sample.lastIndexOf('_', at - 1)) {
      const family = this.told.get(sample.slice(0, at))
      if (family !== undefined && SUFFIXES[family.type]?.includes(sample.slice(at))) return family
    }
    return this.get(sample)
  }

  private get(name: string): Family {
    return this.told.get(name) ?? { name, type: 'untyped', help: '', unit: '' }
  }
}
