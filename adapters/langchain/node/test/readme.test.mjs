// The page's programs run, and the example makes the trace that it is there for.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const NODE = fileURLToPath(new URL('..', import.meta.url))
const run = (file) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', cwd: NODE })
  assert.equal(status, 0, stderr)
  return { stdout, stderr }
}

test('the blocks of the page run', (t) => {
  const page = readFileSync(join(NODE, '..', 'README.md'), 'utf8')
  const blocks = [...page.matchAll(/^```js fragment\n(.*?)^```/gms)].map(([, block]) => block)
  assert.equal(blocks.length, 2)
  const file = join(NODE, 'test', '.readme.mjs')
  t.after(() => rmSync(file))
  writeFileSync(file, `import { INPUT as inputs, simple } from './scenarios.mjs'\nconst chain = simple()\n${blocks.join('\n')}\nconsole.log(await chain.invoke(inputs))`)
  assert.match(run(file).stdout, /hello\n$/)
})

test('the example', () => {
  const { stdout, stderr } = run(join(NODE, 'example.mjs'))
  assert.equal(stdout, 'It is warm in Lyon.\n')
  const lines = stderr.trim().split('\n').map((line) => JSON.parse(line))
  const spans = Object.fromEntries(lines.filter((line) => line.kind === 'span').map((span) => [span.name, span]))
  const names = Object.fromEntries(Object.values(spans).map((span) => [span.span_id, span.name]))
  assert.deepEqual(Object.fromEntries(Object.entries(spans).map(([name, span]) => [name, names[span.parent_span_id]])), {
    'GET /weather': undefined,
    'invoke_workflow weather': 'GET /weather',
    lookUp: 'invoke_workflow weather',
    'execute_tool temperature': 'lookUp',
    'chat FakeListChatModel': 'invoke_workflow weather',
  })
  const log = lines.find((line) => line.message === 'asked for Lyon')
  assert.equal(log.span_id, spans['execute_tool temperature'].span_id)
  assert.ok(log.run_id)
  assert.equal(spans['chat FakeListChatModel'].attributes['gen_ai.conversation.id'], 't-1')
})
