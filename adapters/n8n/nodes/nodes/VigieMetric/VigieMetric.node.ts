// Metric: one measurement an item.

import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  NodeConnectionTypes,
  NodeOperationError,
} from 'n8n-workflow'
import { type Instrument, Telemetry } from '../../../telemetry/lib/index.js'
import { eachItem } from '../../lib/each_item.js'
import { pairs, readNumber, readPairs, readText } from '../../lib/fields.js'

export class VigieMetric implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Vigie Metric',
    name: 'vigieMetric',
    icon: { light: 'file:metric.svg', dark: 'file:metric.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{$parameter["instrument"] + ": " + $parameter["name"]}}',
    description: 'Records a measurement for each item and passes the item on',
    defaults: { name: 'Vigie Metric' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    usableAsTool: true,
    properties: [
      {
        displayName: 'Instrument',
        name: 'instrument',
        type: 'options',
        noDataExpression: true,
        default: 'counter',
        options: [
          { name: 'Counter', value: 'counter', description: 'Adds up and never falls: orders, failures' },
          { name: 'Gauge', value: 'gauge', description: 'Is what it is now: a temperature, a balance' },
          { name: 'Histogram', value: 'histogram', description: 'How values are spread: durations, sizes' },
          { name: 'Up-Down Counter', value: 'up_down_counter', description: 'Adds up and may fall: things in stock' },
        ],
        description: 'What the value means',
      },
      {
        displayName: 'Name',
        name: 'name',
        type: 'string',
        required: true,
        default: '',
        placeholder: 'e.g. orders',
        description: 'The same for all items: what differs belongs into labels',
      },
      {
        displayName: 'Value',
        name: 'value',
        type: 'number',
        required: true,
        default: 1,
        description: 'What is added, observed, or true from now on',
      },
      {
        displayName: 'Unit',
        name: 'unit',
        type: 'string',
        default: '',
        placeholder: 'e.g. s, By, {order}',
        description: 'In the notation of UCUM',
      },
      pairs('labels', 'Labels', 'Few, and with few values: each combination is a series of its own'),
    ],
  }

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const telemetry = new Telemetry(this)
    const out = await eachItem(this, (item, index) => {
      const instrument = this.getNodeParameter('instrument', index) as Instrument
      const name = readText(this, 'name', index)
      const value = readNumber(this, 'value', index)
      const unit = readText(this, 'unit', index)
      if (!Number.isFinite(value)) throw new NodeOperationError(this.getNode(), `The value of ${name} is no number`, { itemIndex: index })
      if (instrument === 'counter' && value < 0) {
        throw new NodeOperationError(this.getNode(), `The counter ${name} cannot count down by ${value}`, { itemIndex: index })
      }
      telemetry.metric(instrument, name, value, { labels: readPairs(this, 'labels', index), ...(unit === '' ? {} : { unit }) })
      return { ...item, pairedItem: { item: index } }
    })
    return [out]
  }
}
