// The workflows to import, end to end on the real n8n, against a service that the test breaks.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, suite, test } from 'node:test'
import { N8n, prepared, removed, skip, until } from './n8n.mjs'
import { startMailServer, startService } from './watched_service.mjs'

const FOLDER = new URL('../../../workflows/', import.meta.url)

/** A schedule is a webhook here, so that the test says when. */
function triggered(workflow, path) {
  const trigger = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.scheduleTrigger')
  Object.assign(trigger, { type: 'n8n-nodes-base.webhook', typeVersion: 2, webhookId: `0000-${path}`, parameters: hook(path) })
}

const hook = (path) => ({ httpMethod: 'POST', path, responseMode: 'lastNode', options: {} })

/** Alerts fire at once, and addresses are those of the service. */
function pointedAt(name, url) {
  const workflow = JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'))
  for (const { name: node, type, parameters } of workflow.nodes) {
    if (type === 'n8n-nodes-vigie.vigieAlert') Object.assign(parameters, { forSeconds: 0 })
    if (node !== 'Settings') continue
    for (const setting of parameters.assignments.assignments) {
      if (setting.value.startsWith('http')) setting.value = url + new URL(setting.value).pathname
    }
  }
  if (workflow.nodes.some(({ type }) => type === 'n8n-nodes-base.scheduleTrigger')) triggered(workflow, `test-${name}`)
  return workflow
}

/** A second beginning: somebody silences the alert. */
function withSilence(workflow) {
  const silence = { operation: 'silence', name: 'failures per minute', dedupeKey: 'w1', forSeconds: 3600, by: 'ann', note: 'deploy' }
  workflow.nodes.push(
    { id: 's1', name: 'Silence asked', type: 'n8n-nodes-base.webhook', typeVersion: 2, webhookId: '0000-silence', position: [0, 400], parameters: hook('test-silence') },
    { id: 's2', name: 'Silence', type: 'n8n-nodes-vigie.vigieAcknowledge', typeVersion: 1, position: [220, 400], parameters: silence },
  )
  workflow.connections['Silence asked'] = { main: [[{ node: 'Silence', type: 'main', index: 0 }]] }
  return workflow
}

suite('the workflows to import', { skip }, () => {
  let service
  let mail
  let folder
  let n8n

  before(async () => {
    service = await startService()
    mail = await startMailServer()
    const names = readdirSync(FOLDER).filter((file) => file.endsWith('.json')).map((file) => file.replace('.json', ''))
    const workflows = names.map((name) => pointedAt(name, service.url))
    withSilence(workflows.find(({ id }) => id === 'vigieErrorRate01'))
    const send = workflows.flatMap(({ nodes }) => nodes).find(({ name }) => name === 'Send')
    send.credentials = { smtp: { id: 'smtp1', name: 'SMTP' } }
    const data = { host: '127.0.0.1', port: mail.port, secure: false, disableStartTls: true, user: '', password: '' }
    folder = await prepared(workflows, [{ id: 'smtp1', name: 'SMTP', type: 'smtp', data }], { withNodes: true })
    n8n = await N8n.started(folder)
  })

  after(async () => {
    await n8n?.stop()
    service?.stop()
    mail?.stop()
    if (folder) removed(folder)
  })

  /** Calls a workflow, and gives its answer when the lines of its execution are written. */
  async function call(path, body = {}) {
    const before = n8n.lines().length
    const { status, body: text } = await n8n.webhook(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    await until(`the execution of ${path}`, () => n8n.lines().slice(before).some(({ event }) => event === 'n8n.execution'))
    return { status, text, json: () => JSON.parse(text) }
  }

  /** The alerts that were told of since, as their log records have them. */
  function since(count) {
    const told = n8n.lines().slice(count).filter(({ event }) => /^alert\.(firing|resolved|unchanged)$/.test(event ?? ''))
    return told.map(({ key, output, reason }) => [key, output, reason].filter((part) => part != null).join(' '))
  }

  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

  test('error rate: firing, unchanged, resolved, silenced', async () => {
    const counted = n8n.lines().length
    service.state.notes.length = 0
    const turn = async (failed) => {
      service.state.metrics = `# TYPE n8n_workflow_failed_total counter\nn8n_workflow_failed_total{workflow_id="w1"} ${failed}\n`
      await call('test-error-rate-watch')
      await pause(100)
    }
    for (const failed of [100, 200, 300, 300]) await turn(failed)
    const asked = await call('test-silence')
    assert.equal(asked.json().alert.done, true, asked.text)
    await turn(400)
    const key = 'failures per minute:w1'
    assert.deepEqual(since(counted), [`${key} unchanged learning`, `${key} firing`, `${key} unchanged`, `${key} resolved`, `${key} unchanged silenced`])
    assert.deepEqual(service.state.notes.map((note) => note.split(',')[0]), [`firing: ${key}`, `resolved: ${key}`])
  })

  const heal = async (heals, isHealthy = false) => {
    Object.assign(service.state, { isHealthy, heals: new Set(heals), steps: [], notes: [] })
    const counted = n8n.lines().length
    const answer = await call('vigie-heal', { service: 'shop' })
    assert.equal(answer.status, 200, answer.text)
    const { outcome } = answer.json()
    assert.deepEqual(service.state.notes, [`shop: ${outcome}`].map((note) => note.replace(':', '')))
    const lines = n8n.lines().slice(counted)
    const [repair] = lines.filter(({ kind, attributes }) => kind === 'span' && attributes.service === 'shop' && attributes.outcome !== undefined)
    assert.equal(repair.attributes.outcome, outcome)
    return { outcome, steps: service.state.steps, status: repair.status, logged: lines.filter(({ event }) => event === 'playbook.step').length }
  }

  test('self-healing: each step is verified, and what does not help is rolled back', async () => {
    assert.deepEqual(await heal([], true), { outcome: 'was healthy', steps: [], status: 'ok', logged: 0 })
    assert.deepEqual(await heal(['/restart']), { outcome: 'healed by restart', steps: ['/restart'], status: 'ok', logged: 1 })
    assert.deepEqual(await heal(['/scale-up']), { outcome: 'healed by change', steps: ['/restart', '/scale-up'], status: 'ok', logged: 2 })
    const steps = ['/restart', '/scale-up', '/scale-down']
    const outcome = 'needs people: the change did not help and is rolled back'
    assert.deepEqual(await heal([]), { outcome, steps, status: 'error', logged: 3 })
  })

  test('Qdrant: dead replicas, and a server that does not answer', async () => {
    service.state.notes.length = 0
    const page = (dead) => `collection_dead_replicas ${dead}\ncollection_points{id="docs"} 10\ncollection_update_queue_length{id="docs"} 0\n`
    for (const metrics of [page(0), page(1), undefined, page(0)]) {
      service.state.metrics = metrics
      await call('test-qdrant-health')
    }
    assert.deepEqual(service.state.notes.map((note) => note.split(',')[0]), [
      'firing: dead replicas',
      'firing: qdrant does not answer',
      'resolved: qdrant does not answer',
      'resolved: dead replicas',
    ])
  })

  test('dead man: what does not check in is told, and what does again', async () => {
    service.state.notes.length = 0
    const checkIn = (every_seconds) => call('vigie-checkin', { name: 'nightly', every_seconds })
    assert.equal((await checkIn(3600)).json().known, 1)
    await call('test-dead-man-check')
    await checkIn(0.001)
    await pause(50)
    await call('test-dead-man-check')
    await checkIn(3600)
    await call('test-dead-man-check')
    assert.deepEqual(service.state.notes.map((note) => note.split(',')[0]), ['firing: has not run:nightly', 'resolved: has not run:nightly'])
    assert.equal((await checkIn(0)).json().known, 0)
  })

  test('slow nodes: a table by e-mail, of what is new since the last one', async () => {
    const page = (sum, count) => ['sum', 'count'].map((part, at) => `n8n_node_duration_${part}{workflow="w<1>",n8n_node_type="t"} ${[sum, count][at]}`).join('\n')
    service.state.metrics = page(10, 4)
    await call('test-slow-node-report')
    service.state.metrics = page(12.5, 5)
    const answer = await call('test-slow-node-report')
    assert.equal(mail.mails.length, 2, answer.text)
    const text = mail.mails.map((one) => one.replaceAll('=\n', '').replaceAll('=3D', '='))
    assert.match(text[0], /<td>w&#60;1&#62;<\/td><td>t<\/td><td>10\.0<\/td><td>4<\/td><td>2500<\/td>/)
    assert.match(text[1], /<td>2\.5<\/td><td>1<\/td><td>2500<\/td>/)
  })

  test('what was told reaches the instruments, and nothing of the hook failed', async () => {
    await n8n.stop()
    const metrics = n8n.lines().filter(({ kind }) => kind === 'metric')
    const repairs = metrics.filter(({ name }) => name === 'repairs')
    assert.equal(new Map(repairs.map(({ attributes, value }) => [JSON.stringify(attributes), value])).values().reduce((sum, value) => sum + value), 4)
    assert.equal(metrics.filter(({ name }) => name === 'vigie.n8n.failed').at(-1).value, 0)
  })
})
