// Acknowledge and silence: what people answer to an alert of the same workflow.

import { type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow'
import { Telemetry } from '../../../telemetry/lib/index.js'
import { type Answer, answer } from '../../lib/alert/answers.js'
import { keyOf, Store } from '../../lib/alert/store.js'
import { eachItem } from '../../lib/each_item.js'
import { readNumber, readText } from '../../lib/fields.js'

export class VigieAcknowledge implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Vigie Acknowledge',
    name: 'vigieAcknowledge',
    icon: { light: 'file:acknowledge.svg', dark: 'file:acknowledge.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["name"]}}',
    description: 'Answers an alert of the same workflow: somebody has it, or nobody wants to hear of it for a while',
    defaults: { name: 'Vigie Acknowledge' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    usableAsTool: true,
    properties: [
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'acknowledge',
        options: [
          { name: 'Acknowledge', value: 'acknowledge', action: 'Acknowledge an alert', description: 'It is not repeated any more until it is resolved' },
          { name: 'Silence', value: 'silence', action: 'Silence an alert', description: 'It does not fire for a while' },
          { name: 'Unacknowledge', value: 'unacknowledge', action: 'Take back an acknowledgement' },
          { name: 'Unsilence', value: 'unsilence', action: 'End a silence' },
        ],
      },
      {
        displayName: 'Name',
        name: 'name',
        type: 'string',
        required: true,
        default: 'alert',
        description: 'Of the alert, as its node has it',
      },
      {
        displayName: 'Dedupe Key',
        name: 'dedupeKey',
        type: 'string',
        default: '',
        description: 'Of the alert, as its node has it',
      },
      {
        displayName: 'For Seconds',
        name: 'forSeconds',
        type: 'number',
        typeOptions: { minValue: 1 },
        default: 3600,
        displayOptions: { show: { operation: ['silence'] } },
        description: 'How long it is silent',
      },
      {
        displayName: 'By',
        name: 'by',
        type: 'string',
        default: '',
        displayOptions: { show: { operation: ['acknowledge', 'silence'] } },
        description: 'Who says it',
      },
      {
        displayName: 'Note',
        name: 'note',
        type: 'string',
        default: '',
        displayOptions: { show: { operation: ['acknowledge', 'silence'] } },
        description: 'Why',
      },
    ],
  }

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const out = await eachItem(this, (item, index) => ({ json: { ...item.json, alert: say(this, index) }, pairedItem: { item: index } }))
    return [out]
  }
}

function say(from: IExecuteFunctions, index: number) {
  const key = keyOf(readText(from, 'name', index), readText(from, 'dedupeKey', index))
  const given = read(from, index)
  const store = new Store(from.getWorkflowStaticData('global'))
  const { state, is_done } = answer(store.get(key), given, Date.now())
  if (is_done && state !== undefined) store.set(key, state)
  const told = { key, action: given.action, done: is_done, state: state?.phase ?? 'unknown' }
  const message = is_done ? `alert ${key}: ${given.action}` : `alert ${key} is ${told.state}: nothing to ${given.action}`
  new Telemetry(from).log(is_done ? 'info' : 'warn', message, told, { event: `alert.${given.action}` })
  return told
}

function read(from: IExecuteFunctions, index: number): Answer {
  const action = from.getNodeParameter('operation', index) as Answer['action']
  const who = { by: readText(from, 'by', index), note: readText(from, 'note', index) }
  if (action === 'acknowledge') return { action, ...who }
  if (action === 'silence') return { action, ...who, for_ms: readNumber(from, 'forSeconds', index) * 1000 }
  return { action }
}
