// Log: one record an item, in the trace of the execution.

import { type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow'
import { type Level, Telemetry } from '../../../telemetry/lib/index.js'
import { eachItem } from '../../lib/each_item.js'
import { pairs, readPairs, readText } from '../../lib/fields.js'

export class VigieLog implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Vigie Log',
    name: 'vigieLog',
    icon: { light: 'file:log.svg', dark: 'file:log.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{$parameter["level"] + ": " + $parameter["message"]}}',
    description: 'Writes a log record for each item and passes the item on',
    defaults: { name: 'Vigie Log' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    usableAsTool: true,
    properties: [
      {
        displayName: 'Level',
        name: 'level',
        type: 'options',
        noDataExpression: true,
        default: 'info',
        options: [
          { name: 'Debug', value: 'debug' },
          { name: 'Error', value: 'error' },
          { name: 'Fatal', value: 'fatal' },
          { name: 'Info', value: 'info' },
          { name: 'Trace', value: 'trace' },
          { name: 'Warn', value: 'warn' },
        ],
        description: 'How much it matters',
      },
      {
        displayName: 'Message',
        name: 'message',
        type: 'string',
        required: true,
        default: '',
        placeholder: 'e.g. order {{ $json.id }} has no stock',
        description: 'What happened, in words',
      },
      {
        displayName: 'Event',
        name: 'event',
        type: 'string',
        default: '',
        placeholder: 'e.g. order.lost',
        description: 'What happened, as a name that does not change: for readers that are programs',
      },
      pairs('attributes', 'Attributes', 'What the record says beside its message'),
    ],
  }

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const telemetry = new Telemetry(this)
    const out = await eachItem(this, (item, index) => {
      const level = this.getNodeParameter('level', index) as Level
      const event = readText(this, 'event', index)
      telemetry.log(level, readText(this, 'message', index), readPairs(this, 'attributes', index), event === '' ? {} : { event })
      return { ...item, pairedItem: { item: index } }
    })
    return [out]
  }
}
