// What can be set beside Vigie's own configuration, by the environment alone: n8n gives a hook nothing else.

export interface Settings {
  /** `VIGIE_N8N_SPANS`: node runs and attempts of one execution that get a span each. Default: 1000. */
  readonly spans: number
  /** `VIGIE_N8N_WORKFLOW_NAMES`: workflows that metrics call by name instead of by id, separated by commas. */
  readonly named: ReadonlySet<string>
  /** What was not accepted, in words. */
  readonly problems: readonly string[]
}

const SPANS = 1000

export function settingsFrom(environment: { readonly [name: string]: string | undefined }): Settings {
  const { VIGIE_N8N_SPANS: given, VIGIE_N8N_WORKFLOW_NAMES: names = '' } = environment
  const spans = given === undefined ? SPANS : Number(given)
  const isAccepted = Number.isInteger(spans) && spans > 0
  return {
    spans: isAccepted ? spans : SPANS,
    named: new Set(names.split(',').map((name) => name.trim()).filter((name) => name !== '')),
    problems: isAccepted ? [] : [`VIGIE_N8N_SPANS: ${JSON.stringify(given)}; accepted: a whole number above 0; ${SPANS} is used`],
  }
}
