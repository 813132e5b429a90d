// Collect Metrics: one request an item, one item a sample.

import {
  type IExecuteFunctions,
  type IHttpRequestOptions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  NodeConnectionTypes,
  NodeOperationError,
} from 'n8n-workflow'
import { asNodeError } from '../../lib/each_item.js'
import { parse } from '../../lib/exposition/parse.js'
import { selector, toJson } from '../../lib/exposition/select.js'
import { readText } from '../../lib/fields.js'

const ACCEPT = 'application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.8'
const TIMEOUT_MS = 10_000

export class VigieCollect implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Vigie Collect Metrics',
    name: 'vigieCollect',
    icon: { light: 'file:collect.svg', dark: 'file:collect.dark.svg' },
    group: ['input'],
    version: 1,
    subtitle: '={{$parameter["url"]}}',
    description: "Reads the metrics of n8n, Qdrant, or anything that speaks Prometheus's text format or OpenMetrics",
    defaults: { name: 'Vigie Collect Metrics' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    usableAsTool: true,
    credentials: [{ name: 'vigieMetricsEndpointApi', required: true, displayOptions: { show: { authentication: ['header'] } } }],
    properties: [
      {
        displayName: 'URL',
        name: 'url',
        type: 'string',
        required: true,
        default: 'http://localhost:5678/metrics',
        description:
          'Of n8n itself, started with <code>N8N_METRICS=true</code>: the default. Of Qdrant: <code>http://localhost:6333/metrics</code>, with <code>?per_collection=true</code> for each collection by itself.',
      },
      {
        displayName: 'Authentication',
        name: 'authentication',
        type: 'options',
        noDataExpression: true,
        default: 'none',
        options: [
          { name: 'Header', value: 'header' },
          { name: 'None', value: 'none' },
        ],
        description: 'What the endpoint asks for',
      },
      {
        displayName: 'Metrics',
        name: 'metrics',
        type: 'string',
        default: '',
        placeholder: 'e.g. n8n_workflow_*, process_resident_memory_bytes',
        description: 'Names to keep, separated by commas, with <code>*</code> for any characters; empty keeps all',
      },
      {
        displayName: 'Limit',
        name: 'limit',
        type: 'number',
        typeOptions: { minValue: 1 },
        default: 1000,
        description: 'Max number of results to return',
      },
    ],
  }

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const out: INodeExecutionData[] = []
    for (const index of this.getInputData().keys()) {
      try {
        out.push(...(await collect(this, index)))
      } catch (error) {
        const told = asNodeError(this, error, index)
        if (!this.continueOnFail()) throw told
        out.push({ json: { error: told.message }, error: told, pairedItem: { item: index } })
      }
    }
    return [out]
  }
}

async function collect(from: IExecuteFunctions, index: number): Promise<INodeExecutionData[]> {
  const url = readText(from, 'url', index)
  const { body, headers } = await request(from, url, from.getNodeParameter('authentication', index) === 'header')
  const { samples, faults, faulty_lines } = parse(body, String(headers['content-type'] ?? ''))
  if (faulty_lines > 0) {
    // A page of something else, such as a login form, has no sample at all.
    if (samples.length === 0) throw new NodeOperationError(from.getNode(), `${url} has no metrics: ${faults[0]}`, { itemIndex: index })
    const message = `${url}: ${faulty_lines} lines could not be read. ${faults.join('; ')}`
    from.addExecutionHints({ message, location: 'outputPane', type: 'warning' })
    from.logger.warn(message)
  }
  const isWanted = selector(readText(from, 'metrics', index))
  const kept = samples.filter(({ name }) => isWanted(name)).slice(0, from.getNodeParameter('limit', index) as number)
  return kept.map((sample) => ({ json: toJson(sample), pairedItem: { item: index } }))
}

interface Answer {
  readonly body: string
  readonly headers: { readonly [name: string]: unknown }
}

async function request(from: IExecuteFunctions, url: string, isAuthenticated: boolean): Promise<Answer> {
  const options: IHttpRequestOptions = {
    url,
    headers: { accept: ACCEPT },
    encoding: 'text',
    timeout: TIMEOUT_MS,
    returnFullResponse: true,
  }
  const { httpRequest, httpRequestWithAuthentication } = from.helpers
  const answer = isAuthenticated ? httpRequestWithAuthentication.call(from, 'vigieMetricsEndpointApi', options) : httpRequest(options)
  return (await answer) as Answer
}
