// The workflows of the scenarios.

import { node, set, webhook, workflow } from './workflows.mjs'

const http = (name, url, more = {}) => node('http', name, { url, options: {} }, more)

/** `far`: the server that they call; `service`: the one on Vigie. */
export function flows(far, service) {
  return [
    workflow('plain', [webhook('plain'), set('First'), set('Second')], ['Webhook > First', 'First > Second'], {
      settings: { executionOrder: 'v1', customTelemetryTags: [{ key: 'team', value: 'blue' }] },
    }),
    workflow('retry', [webhook('retry'), http('Flaky', `${far}/flaky?fails=2&key=={{ $execution.id }}`.replace('==', '='), { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 })], ['Webhook > Flaky']),
    workflow('output', [webhook('output'), http('Fails', `${far}/fails?fails=9999`, { onError: 'continueErrorOutput' }), set('Good'), set('Bad')], ['Webhook > Fails', 'Fails > Good', 'Fails 1> Bad']),
    workflow('parent', [webhook('parent'), node('call', 'Call', { workflowId: { __rl: true, mode: 'id', value: 'child' }, options: {} })], ['Webhook > Call']),
    workflow('child', [node('called', 'Start', { inputSource: 'passthrough' }), set('Inside')], ['Start > Inside']),
    workflow('breaks', [webhook('breaks'), node('call', 'Call', { workflowId: { __rl: true, mode: 'id', value: 'broken' }, options: {} }, { onError: 'continueErrorOutput' })], ['Webhook > Call']),
    workflow('broken', [node('called', 'Start', { inputSource: 'passthrough' }), http('Fails', `${far}/fails?fails=9999`)], ['Start > Fails']),
    workflow('loop', [webhook('loop'), node('code', 'Many', { jsCode: 'return Array.from({ length: 700 }, (_, n) => ({ json: { n } }))' }), node('loop', 'Loop', { options: {} }), set('Step'), set('After')], [
      ...['Webhook > Many', 'Many > Loop', 'Loop 1> Step', 'Step > Loop', 'Loop > After'],
    ]),
    workflow('wait', [webhook('wait', 'onReceived'), http('Tell', `=${far}/resume?url={{ encodeURIComponent($execution.resumeUrl) }}`), node('wait', 'Wait', { resume: 'webhook', options: {} }), set('Later')], [
      ...['Webhook > Tell', 'Tell > Wait', 'Wait > Later'],
    ]),
    workflow('fails', [webhook('fails', 'onReceived'), node('stop', 'Stop', { errorMessage: 'no more, token ghp_0123456789abcdefghijABCDEFGHIJ012345' })], ['Webhook > Stop'], {
      settings: { executionOrder: 'v1', errorWorkflow: 'onerror' },
    }),
    workflow('onerror', [node('failed', 'Failed'), set('Note')], ['Failed > Note']),
    workflow('across', [webhook('across'), http('Service', `${service}/work`)], ['Webhook > Service']),
    workflow('byhand', [node('manual', 'By hand'), set('Done')], ['By hand > Done'], { publish: false }),
    workflow('byhandfails', [node('manual', 'By hand'), node('stop', 'Stop', { errorMessage: 'on purpose' })], ['By hand > Stop'], { publish: false }),
    workflow('code', [webhook('code'), node('code', 'Code', { jsCode: 'console.log("from the code"); return [{ json: { ok: 1 } }, { json: { ok: 2 } }]' })], ['Webhook > Code']),
    workflow('slow', [webhook('slow', 'onReceived'), http('Slow', `${far}/slow?ms=20000`), set('Never')], ['Webhook > Slow', 'Slow > Never']),
    workflow('short', [webhook('short', 'onReceived'), http('Slow', `${far}/slow?ms=20000`), set('Never')], ['Webhook > Slow', 'Slow > Never'], {
      settings: { executionOrder: 'v1', executionTimeout: 1 },
    }),
    workflow('ai', [
      webhook('ai'),
      node('agent', 'Agent', { promptType: 'define', text: 'what is two and two', options: {} }),
      node('chat', 'Model', { model: { __rl: true, mode: 'id', value: 'gpt-4o-mini' }, options: {} }, { credentials: { openAiApi: { id: 'model', name: 'model' } } }),
      node('tool', 'Adder', { name: 'adder', description: 'adds', jsCode: 'return "4"' }),
    ], ['Webhook > Agent', 'Model ai_languageModel> Agent', 'Adder ai_tool> Agent']),
  ]
}

export const credentials = (far) => [{ id: 'model', name: 'model', type: 'openAiApi', data: { apiKey: 'sk-of-the-tests', url: `${far}/v1` } }]
