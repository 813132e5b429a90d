// Usage: tokens and costs of the execution so far, and a stop where they are more than was allowed.

import {
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  NodeConnectionTypes,
  NodeOperationError,
} from 'n8n-workflow'
import { Telemetry } from '../../../telemetry/lib/index.js'
import { excess } from '../../lib/budget.js'
import { readNumber } from '../../lib/fields.js'
import { readUsage } from '../../lib/usage.js'

export class VigieUsage implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Vigie Usage',
    name: 'vigieUsage',
    icon: { light: 'file:usage.svg', dark: 'file:usage.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{$parameter["maxCost"] ? "at most $" + $parameter["maxCost"] : $parameter["maxTokens"] ? "at most " + $parameter["maxTokens"] + " tokens" : "so far"}}',
    description: 'Tells the tokens and the cost of this execution so far, and stops it where they are over a budget',
    defaults: { name: 'Vigie Usage' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
    outputNames: ['Within Budget', 'Over Budget'],
    usableAsTool: true,
    properties: [
      {
        displayName: 'Max Tokens',
        name: 'maxTokens',
        type: 'number',
        typeOptions: { minValue: 0 },
        default: 0,
        description: 'Of input and output together; 0 is without a limit',
      },
      {
        displayName: 'Max Cost (US Dollars)',
        name: 'maxCost',
        type: 'number',
        typeOptions: { minValue: 0, numberPrecision: 6 },
        default: 0,
        description: 'Needs the hook <code>vigie-n8n</code>, which knows prices; 0 is without a limit',
      },
      {
        displayName: 'When Over Budget',
        name: 'whenOver',
        type: 'options',
        noDataExpression: true,
        default: 'stop',
        options: [
          { name: 'Stop the Execution', value: 'stop', description: 'It fails with an error' },
          { name: 'Use the Second Output', value: 'output' },
        ],
      },
    ],
  }

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const usage = readUsage(this)
    if (usage === undefined) throw new NodeOperationError(this.getNode(), 'The use of models is not known: neither the hook vigie-n8n nor this n8n tells it')
    const { v: _, ...told } = usage
    const over = excess(usage, { max_tokens: readNumber(this, 'maxTokens', 0), max_cost_usd: readNumber(this, 'maxCost', 0) })
    const telemetry = new Telemetry(this)
    telemetry.set({ input_tokens: told.input_tokens, output_tokens: told.output_tokens, ...(told.cost_usd === null ? {} : { cost_usd: told.cost_usd }) })
    if (over !== undefined) telemetry.log('warn', `over budget: ${over}`, { ...told }, { event: 'usage.over_budget' })
    if (over !== undefined && this.getNodeParameter('whenOver', 0) === 'stop') {
      throw new NodeOperationError(this.getNode(), `Over budget: ${over}`, { description: 'The node Vigie Usage stopped the execution.' })
    }
    const json: IDataObject = { ...told, total_tokens: told.input_tokens + told.output_tokens, over_budget: over ?? null }
    const items = this.getInputData().map((item, index) => ({ json: { ...item.json, usage: json }, pairedItem: { item: index } }))
    return over === undefined ? [items, []] : [[], items]
  }
}
