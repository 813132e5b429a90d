// `vigie/register`: programs that are not changed for Vigie, ES modules and CommonJS, and what is left of one that was killed.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { esm, here, linesOf, root, run, scratch } from './helper.mjs'

/** By name, and that it is the package's own is what its `exports` say. */
const entry = (way) => join(root, 'dist', way === '--import' ? 'esm' : 'cjs', 'register.js')
const program = (name) => join(here, 'programs', 'otel', name)

/** Runs a program with Vigie before it; what it recorded. */
async function registered(t, way, name, env = {}, more = []) {
  const path = join(scratch(t), 'lines.jsonl')
  const told = { VIGIE_OUTPUTS: JSON.stringify([{ to: 'file', path }]), OTEL_SERVICE_NAME: 'shop', OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,express', ...env }
  const done = await run([way, entry(way), program(name), ...more], { env: told })
  return { ...done, path, lines: linesOf(path) }
}

for (const [way, name] of [['--import', 'app.mjs'], ['--import', 'app.cjs'], ['--require', 'app.cjs'], ['--require', 'app.mjs']]) {
  test(`node ${way} vigie/register ${name}`, async (t) => {
    const { lines, stdout, stderr, code } = await registered(t, way, name)
    assert.deepEqual([stdout, stderr, code], ['', '', 0])
    const spans = lines.filter(({ kind }) => kind === 'span')
    const by = Object.fromEntries(spans.map((span) => [span.name, span]))
    assert.deepEqual(Object.keys(by).sort(), ['GET', 'GET /cart/:id', 'request handler'])
    assert.equal(by['GET /cart/:id'].parent_span_id, by.GET.span_id)
    assert.equal(by['request handler'].parent_span_id, by['GET /cart/:id'].span_id)
    assert.deepEqual(by['GET /cart/:id'].attributes['http.route'], '/cart/:id')
    assert.deepEqual([...new Set(spans.map(({ service }) => service))], ['shop'])
    assert.ok(lines.some(({ name: of }) => of?.startsWith('http.server.')), 'its metrics too')
  })
}

test('the file that OTEL_CONFIG_FILE names is read, and what has no equal in it is named once', async (t) => {
  const folder = scratch(t)
  const [file, path] = [join(folder, 'otel.yaml'), join(folder, 'spans.jsonl')]
  writeFileSync(file, [
    'file_format: "1.0"',
    'resource: {attributes: [{name: service.name, value: "${SHOP}"}, {name: team, value: checkout}]}',
    'tracer_provider: {processors: [{batch: {schedule_delay: 1, exporter: {otlp_file/development: {output_stream: "${SPANS}"}}}}]}',
    ''
  ].join('\n'))
  const env = { OTEL_CONFIG_FILE: file, SHOP: 'shop', SPANS: `file://${path}`, OTEL_SERVICE_NAME: 'ignored', OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http' }
  const { stderr, code } = await run(['--import', entry('--import'), program('app.mjs')], { env })
  assert.equal(code, 0)
  const requests = readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line).resourceSpans[0])
  const attributes = Object.fromEntries(requests[0].resource.attributes.map(({ key, value }) => [key, value.stringValue]))
  assert.deepEqual([attributes['service.name'], attributes.team, requests.length], ['shop', 'checkout', 2])
  assert.deepEqual(stderr.match(/tracer_provider\.processors\[0]\.batch\.schedule_delay/g)?.length, 1)
})

test('without the API Vigie is set up all the same', async (t) => {
  const { lines, stderr, code } = await registered(t, '--require', 'app.cjs', { NODE_OPTIONS: `--require ${program('without_api.cjs')}` })
  assert.deepEqual([lines, stderr, code], [[], '', 0])
})

test('an instrumentation that is named and not there is told once, and the others work', async (t) => {
  const { lines, code } = await registered(t, '--import', 'app.mjs', { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'nothing, http' })
  assert.equal(code, 0)
  const told = lines.filter(({ kind }) => kind === undefined)
  assert.deepEqual(told.map(({ level }) => level), ['WARN'])
  assert.match(told[0].error.message, /@opentelemetry\/instrumentation-nothing is not installed/)
  assert.equal(lines.filter(({ kind }) => kind === 'span').length, 2)
})

test('a request that SIGKILL cuts off is delivered by the next start, with its attributes', async (t) => {
  const folder = scratch(t)
  const path = join(folder, 'lines.jsonl')
  const env = { VIGIE_OUTPUTS: JSON.stringify([{ to: 'file', path }]), OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,express' }
  const noted = () => readdirSync(folder).some((name) => name.endsWith('.open') && readFileSync(join(folder, name), 'utf8').includes('"server"'))
  const { signal } = await run(['--import', entry('--import'), program('app.mjs'), '/slow/9'], {
    env,
    async onStart(child) {
      while (!noted()) await sleep(20)
      child.kill('SIGKILL')
    },
  })
  assert.equal(signal, 'SIGKILL')
  await run(['--input-type=module', '-e', `import * as vigie from ${JSON.stringify(esm)}; vigie.getLogger('x').info('again'); await vigie.flush()`], { env })
  const spans = linesOf(path).filter(({ kind }) => kind === 'span')
  assert.deepEqual(spans.map(({ name, span_kind: kind, status }) => [name, kind, status]), [['GET', 'client', 'error'], ['GET', 'server', 'error']])
  const [client, server] = spans
  assert.deepEqual([client, server].map(({ attributes }) => attributes['vigie.interrupted']), [true, true])
  assert.match(client.attributes['url.full'], /\/slow\/9$/)
  assert.deepEqual([server.attributes['url.path'], server.attributes['http.request.method'], server.parent_span_id], ['/slow/9', 'GET', client.span_id])
})
