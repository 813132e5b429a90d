// The workflows to import: their nodes exist, in the versions that they ask for; their connections and expressions hold.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { nodeType } from './helper.mjs'

const { NodeHelpers, ExpressionParser } = createRequire(import.meta.url)('n8n-workflow')
const folder = new URL('../../workflows/', import.meta.url)
const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
const OWN = 'n8n-nodes-vigie.'

/** Nodes of n8n's own that are used, in versions that n8n 2.41.1 has, with the number of their outputs. */
const BASE = {
  'n8n-nodes-base.code': [2, 1],
  'n8n-nodes-base.emailSend': [2.1, 1],
  'n8n-nodes-base.httpRequest': [4.2, 1],
  'n8n-nodes-base.if': [2.2, 2],
  'n8n-nodes-base.scheduleTrigger': [1.2, 1],
  'n8n-nodes-base.set': [3.4, 1],
  'n8n-nodes-base.stickyNote': [1, 0],
  'n8n-nodes-base.switch': [3.2, 3],
  'n8n-nodes-base.webhook': [2, 1],
}

const read = (file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
const classOf = (type) => type.slice(OWN.length).replace(/^./, (first) => first.toUpperCase())

function strings(value) {
  if (typeof value === 'string') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(strings) : []
}

test('there are five', () => assert.equal(files.length, 5))

for (const file of files) {
  const { id, name, nodes, connections, active } = read(file)
  const names = nodes.map((node) => node.name)

  test(`${file}: nodes exist`, () => {
    assert.equal(id.length, 16)
    assert.ok(name.startsWith('Vigie: ') && active === false)
    assert.equal(new Set(names).size, names.length)
    assert.equal(new Set(nodes.map((node) => node.id)).size, nodes.length)
    for (const node of nodes) {
      if (!node.type.startsWith(OWN)) {
        assert.equal(BASE[node.type]?.[0], node.typeVersion, node.type)
        continue
      }
      const { description } = nodeType(classOf(node.type))
      assert.deepEqual([description.version, OWN + description.name], [node.typeVersion, node.type])
      const known = new Set(description.properties.map((property) => property.name))
      for (const parameter of Object.keys(node.parameters)) assert.ok(known.has(parameter), `${node.name} has no parameter ${parameter}`)
      const filled = NodeHelpers.getNodeParameters(description.properties, node.parameters, true, false, node, description)
      const issues = NodeHelpers.getNodeParametersIssues(description.properties, { ...node, parameters: filled }, description)
      assert.equal(issues, null, `${node.name}: ${JSON.stringify(issues)}`)
    }
  })

  test(`${file}: connections resolve, and every node is reached`, () => {
    const reached = new Set()
    for (const [from, { main }] of Object.entries(connections)) {
      const source = nodes.find((node) => node.name === from)
      assert.ok(source !== undefined, from)
      const outputs = source.type.startsWith(OWN) ? nodeType(classOf(source.type)).description.outputs.length : BASE[source.type][1]
      assert.ok(main.length <= outputs, `${from} has ${outputs} outputs`)
      for (const { node, type, index } of main.flat()) {
        assert.ok(names.includes(node) && type === 'main' && index === 0, node)
        reached.add(node)
      }
    }
    const isBeginning = ({ type }) => /(scheduleTrigger|webhook|stickyNote)$/.test(type)
    assert.deepEqual(nodes.filter((node) => !isBeginning(node) && !reached.has(node.name)).map((node) => node.name), [])
  })

  test(`${file}: expressions parse, and name nodes that exist`, () => {
    const expressions = nodes.flatMap((node) => strings(node.parameters)).filter((text) => text.startsWith('='))
    const code = expressions.flatMap((text) => ExpressionParser.splitExpression(text.slice(1))).filter((part) => part.type === 'code')
    for (const { text, hasClosingBrackets } of code) {
      assert.ok(hasClosingBrackets, text)
      assert.doesNotThrow(() => new Function(`return (${text})`), text)
    }
    const AsyncFunction = (async () => {}).constructor
    const scripts = nodes.map((node) => node.parameters.jsCode).filter((text) => text !== undefined)
    for (const script of scripts) assert.doesNotThrow(() => new AsyncFunction(script))
    for (const [, node] of [...code.map(({ text }) => text), ...scripts].join('\n').matchAll(/\$\('([^']+)'\)/g)) assert.ok(names.includes(node), node)
  })
}
