// The parameters of the alert's node, and the rule that they make.

import { type IExecuteFunctions, type INodeProperties, NodeOperationError } from 'n8n-workflow'
import { readNumber } from '../fields.js'
import { type Season } from './baseline.js'
import { type Comparison, type Condition } from './condition.js'
import { type Rule } from './machine.js'
import { type Window } from './window.js'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const compared = { condition: ['rate', 'threshold'] }
const isRate = { condition: ['rate'] }
const isAnomaly = { condition: ['anomaly'] }

const number = (displayName: string, name: string, value: number, description: string, show?: { [name: string]: string[] }): INodeProperties => ({
  displayName,
  name,
  type: 'number',
  default: value,
  description,
  ...(show === undefined ? {} : { displayOptions: { show } }),
})

export const CONDITION: INodeProperties[] = [
  {
    displayName: 'Condition',
    name: 'condition',
    type: 'options',
    noDataExpression: true,
    default: 'threshold',
    options: [
      { name: 'Anomaly', value: 'anomaly', description: 'The value is far from what is usual' },
      { name: 'Rate of Change', value: 'rate', description: 'The value changes too fast, or too slowly' },
      { name: 'Threshold', value: 'threshold', description: 'The value is past a limit' },
    ],
    description: 'When the alert fires',
  },
  {
    displayName: 'Comparison',
    name: 'comparison',
    type: 'options',
    noDataExpression: true,
    default: 'above',
    displayOptions: { show: compared },
    options: [
      { name: 'Above', value: 'above' },
      { name: 'Above or Equal', value: 'aboveOrEqual' },
      { name: 'Below', value: 'below' },
      { name: 'Below or Equal', value: 'belowOrEqual' },
      { name: 'Equal', value: 'equal' },
      { name: 'Not Equal', value: 'notEqual' },
    ],
  },
  number('Threshold', 'threshold', 0, 'The limit; of a rate, the change in the time below', compared),
  number('Per Seconds', 'perSeconds', 60, 'The time that the rate is told for: 60 is per minute', isRate),
  {
    displayName: 'Is a Counter',
    name: 'isCounter',
    type: 'boolean',
    default: false,
    displayOptions: { show: isRate },
    description: 'Whether the value only grows, and begins at zero when its program does: a fall is a restart then',
  },
  number('Standard Deviations', 'deviations', 3, 'How far from the mean is still usual', isAnomaly),
  {
    displayName: 'Direction',
    name: 'direction',
    type: 'options',
    noDataExpression: true,
    default: 'both',
    displayOptions: { show: isAnomaly },
    options: [
      { name: 'Above', value: 'above' },
      { name: 'Below', value: 'below' },
      { name: 'Both', value: 'both' },
    ],
    description: 'Which side of what is usual matters',
  },
  {
    displayName: 'Season',
    name: 'season',
    type: 'options',
    noDataExpression: true,
    default: 'none',
    displayOptions: { show: isAnomaly },
    options: [
      { name: 'Day', value: 'day', description: 'Each hour of the day has a usual value of its own' },
      { name: 'None', value: 'none' },
      { name: 'Week', value: 'week', description: 'Each hour of the week has one' },
    ],
    description: "What usually repeats itself, in the workflow's time zone",
  },
  number('Weight of the Newest Value', 'weight', 0.1, 'Above 0, at most 1: the greater, the sooner a new level is usual', isAnomaly),
  number('Values to Learn First', 'warmup', 20, 'In each hour of the season: before that nothing is told', isAnomaly),
  number('Always Usual', 'minimumDeviation', 0, 'Distance from the mean that is no anomaly: for values that hardly move', isAnomaly),
]

export const MAINTENANCE: INodeProperties = {
  displayName: 'Maintenance Windows',
  name: 'maintenance',
  type: 'fixedCollection',
  typeOptions: { multipleValues: true },
  placeholder: 'Add',
  default: {},
  description: "Times in which it does not fire, in the workflow's time zone. What still fails at the end of one is told then.",
  options: [
    {
      displayName: 'Once',
      name: 'once',
      values: [
        { displayName: 'Start', name: 'start', type: 'dateTime', default: '' },
        { displayName: 'End', name: 'end', type: 'dateTime', default: '' },
      ],
    },
    {
      displayName: 'Weekly',
      name: 'weekly',
      values: [
        {
          displayName: 'Days',
          name: 'days',
          type: 'multiOptions',
          default: [],
          options: DAYS.map((name, value) => ({ name, value })),
          description: 'None is every day',
        },
        { displayName: 'From', name: 'from', type: 'string', default: '22:00', placeholder: 'e.g. 22:00' },
        { displayName: 'To', name: 'to', type: 'string', default: '06:00', placeholder: 'e.g. 06:00', description: 'Past midnight when it is the earlier one' },
      ],
    },
  ],
}

export function readRule(from: IExecuteFunctions, item: number): Rule {
  return {
    condition: readCondition(from, item),
    for_ms: finite(from, 'forSeconds', item) * 1000,
    repeat_ms: finite(from, 'repeatSeconds', item) * 1000,
  }
}

function readCondition(from: IExecuteFunctions, item: number): Condition {
  const option = <T>(name: string) => from.getNodeParameter(name, item) as T
  const amount = (name: string) => finite(from, name, item)
  const kind = option<Condition['kind']>('condition')
  if (kind === 'threshold') return { kind, comparison: option<Comparison>('comparison'), threshold: amount('threshold') }
  if (kind === 'rate') {
    const per_seconds = amount('perSeconds')
    return { kind, comparison: option<Comparison>('comparison'), threshold: amount('threshold'), per_seconds, is_counter: option<boolean>('isCounter') }
  }
  const weight = amount('weight')
  if (weight <= 0 || weight > 1) throw new NodeOperationError(from.getNode(), 'The weight of the newest value is above 0 and at most 1', { itemIndex: item })
  return {
    kind,
    weight,
    deviations: amount('deviations'),
    direction: option<'both' | 'above' | 'below'>('direction'),
    season: option<Season>('season'),
    warmup: amount('warmup'),
    minimum_deviation: amount('minimumDeviation'),
  }
}

/** A limit that an expression leaves empty would never be passed: that must not go unnoticed. */
function finite(from: IExecuteFunctions, name: string, item: number): number {
  const value = readNumber(from, name, item)
  if (Number.isFinite(value)) return value
  throw new NodeOperationError(from.getNode(), `The parameter ${name} is no number`, { itemIndex: item })
}

export function readWindows(from: IExecuteFunctions, item: number): readonly Window[] {
  const { once = [], weekly = [] } = from.getNodeParameter('maintenance', item, {}) as {
    once?: readonly { start: string; end: string }[]
    weekly?: readonly { days: readonly number[]; from: string; to: string }[]
  }
  return [...once.map((one) => ({ kind: 'once' as const, ...one })), ...weekly.map((one) => ({ kind: 'weekly' as const, ...one }))]
}
