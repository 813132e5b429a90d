// Span: begins or ends a stretch of a workflow that is to be seen as one.

import { type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow'
import { Telemetry } from '../../../telemetry/lib/index.js'
import { pairs, readPairs, readText } from '../../lib/fields.js'
import { OpenSpans } from '../../lib/open_spans.js'

export class VigieSpan implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Vigie Span',
    name: 'vigieSpan',
    icon: { light: 'file:span.svg', dark: 'file:span.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["name"]}}',
    description: 'Begins or ends a span over several nodes and passes all items on',
    defaults: { name: 'Vigie Span' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    usableAsTool: true,
    properties: [
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'start',
        options: [
          { name: 'End', value: 'end', action: 'End a span', description: 'End the span of this name that began last' },
          { name: 'Start', value: 'start', action: 'Start a span', description: 'Begin a span' },
        ],
      },
      {
        displayName: 'Name',
        name: 'name',
        type: 'string',
        required: true,
        default: '',
        placeholder: 'e.g. reserve stock',
        description: 'The same at the start and at the end',
      },
      {
        displayName: 'Below',
        name: 'parent',
        type: 'string',
        default: '',
        displayOptions: { show: { operation: ['start'] } },
        description: 'Name of the open span that this one is a part of; empty for the execution itself',
      },
      {
        displayName: 'Status',
        name: 'status',
        type: 'options',
        default: 'ok',
        displayOptions: { show: { operation: ['end'] } },
        options: [
          { name: 'Error', value: 'error' },
          { name: 'OK', value: 'ok' },
        ],
        description: 'How it went',
      },
      pairs('attributes', 'Attributes', 'What is known of the span at this moment'),
    ],
  }

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const items = this.getInputData()
    const telemetry = new Telemetry(this)
    const spans = new OpenSpans(this.getContext('flow'))
    // One span for all items of a run; its parameters are those of the first.
    const name = readText(this, 'name', 0)
    const attributes = readPairs(this, 'attributes', 0)
    if (this.getNodeParameter('operation', 0) === 'start') {
      const parent = spans.last(readText(this, 'parent', 0))
      spans.add(telemetry.start(name, parent === undefined ? 'execution' : { span: parent.id }, attributes))
    } else {
      const open = spans.take(name)
      if (open === undefined) telemetry.log('warn', `span ${name} is ended and was not begun`)
      else telemetry.end(open, this.getNodeParameter('status', 0) as 'ok' | 'error', attributes)
    }
    return [items.map((item, index) => ({ ...item, pairedItem: { item: index } }))]
  }
}
