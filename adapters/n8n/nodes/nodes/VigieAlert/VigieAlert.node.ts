// Alert: a value an item; firing, resolved and unchanged are its outputs.

import { type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow'
import { Telemetry } from '../../../telemetry/lib/index.js'
import { fresh, type Observation, type Output, step } from '../../lib/alert/machine.js'
import { CONDITION, MAINTENANCE, readRule, readWindows } from '../../lib/alert/parameters.js'
import { tell } from '../../lib/alert/report.js'
import { keyOf, Store } from '../../lib/alert/store.js'
import { isInWindow } from '../../lib/alert/window.js'
import { asNodeError } from '../../lib/each_item.js'
import { readNumber, readText } from '../../lib/fields.js'

const OUTPUTS: readonly Output[] = ['firing', 'resolved', 'unchanged']

export class VigieAlert implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Vigie Alert',
    name: 'vigieAlert',
    icon: { light: 'file:alert.svg', dark: 'file:alert.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{$parameter["name"] + ": " + $parameter["condition"]}}',
    description: 'Tells once when a value goes wrong, and once when it is well again',
    defaults: { name: 'Vigie Alert' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main, NodeConnectionTypes.Main],
    outputNames: ['Firing', 'Resolved', 'Unchanged'],
    usableAsTool: true,
    properties: [
      {
        displayName: 'Name',
        name: 'name',
        type: 'string',
        required: true,
        default: 'alert',
        description: 'One of its own for each alert of the workflow',
      },
      {
        displayName: 'Value',
        name: 'value',
        type: 'number',
        required: true,
        default: '={{ $json.value }}',
        description: 'What is watched; an item without a value changes nothing',
      },
      {
        displayName: 'Dedupe Key',
        name: 'dedupeKey',
        type: 'string',
        default: '',
        placeholder: 'e.g. {{ $json.labels.collection }}',
        description: 'What tells one watched thing from another: each has an alert of its own',
      },
      ...CONDITION,
      {
        displayName: 'For Seconds',
        name: 'forSeconds',
        type: 'number',
        typeOptions: { minValue: 0 },
        default: 0,
        description: 'How long it must be so before the alert fires',
      },
      {
        displayName: 'Repeat After Seconds',
        name: 'repeatSeconds',
        type: 'number',
        typeOptions: { minValue: 0 },
        default: 0,
        description: 'When it is told again while it fires and nobody has acknowledged it; 0 is never',
      },
      MAINTENANCE,
      {
        displayName:
          'n8n keeps the state with the workflow, in executions of the active workflow only: what is run by hand in the editor is forgotten.',
        name: 'notice',
        type: 'notice',
        default: '',
      },
    ],
  }

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const out: { [output in Output]: INodeExecutionData[] } = { firing: [], resolved: [], unchanged: [] }
    for (const [index, item] of this.getInputData().entries()) {
      try {
        const { output, json } = watch(this, index)
        out[output].push({ json: { ...item.json, alert: json }, pairedItem: { item: index } })
      } catch (error) {
        const told = asNodeError(this, error, index)
        if (!this.continueOnFail()) throw told
        out.unchanged.push({ json: { ...item.json, error: told.message }, error: told, pairedItem: { item: index } })
      }
    }
    return OUTPUTS.map((output) => out[output])
  }
}

function watch(from: IExecuteFunctions, index: number) {
  const key = keyOf(readText(from, 'name', index), readText(from, 'dedupeKey', index))
  const at = Date.now()
  const zone = from.getTimezone()
  const is_maintenance = isInWindow(readWindows(from, index), at, zone)
  const observation: Observation = { value: readNumber(from, 'value', index), at, zone, is_maintenance }
  const store = new Store(from.getWorkflowStaticData('global'))
  const stepped = step(store.get(key) ?? fresh(at), readRule(from, index), observation)
  const evicted = store.set(key, stepped.state)
  const { level, message, json, event } = tell(key, observation, stepped)
  const telemetry = new Telemetry(from)
  telemetry.log(level, message, json, { event })
  if (evicted !== undefined) telemetry.log('warn', `alert ${evicted} is forgotten: there are too many keys`, { key: evicted }, { event: 'alert.forgotten' })
  return { output: stepped.output, json }
}
