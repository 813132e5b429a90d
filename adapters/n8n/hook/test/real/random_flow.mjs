// Workflows out of chance: graphs in layers, nodes that fail for a while or for ever, branches, loops, retries, error outputs.

import { node, set, webhook, workflow } from './workflows.mjs'

/** Numbers that a seed repeats: a linear congruential generator. */
export function chance(seed) {
  let state = (seed * 2_654_435_761) >>> 0
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
  next()
  return { below: (limit) => Math.floor(next() * limit), of: (list) => list[Math.floor(next() * list.length)] }
}

/** What a node of these flows does: how often a run of it fails, and how often it tries. */
function calling(random, name, far) {
  const tries = random.of([1, 1, 2, 3])
  const fails = random.of([0, 0, 1, 2, 9])
  const onError = random.of([undefined, 'continueRegularOutput', 'continueErrorOutput', 'continueErrorOutput'])
  const url = `=${far}/call?fails=${fails}&key={{ $execution.id }}-${name}-{{ $runIndex }}`
  const retry = tries > 1 ? { retryOnFail: true, maxTries: tries, waitBetweenTries: 1 } : {}
  return { made: node('http', name, { url, options: {} }, { ...retry, ...(onError && { onError }) }), tries, fails }
}

/** `expected`: by node, whether its runs fail and how many attempts each makes. */
export function randomFlow(seed, far) {
  const random = chance(seed)
  const id = `random${seed}`
  const nodes = [webhook(id)]
  const links = []
  const expected = {}
  let above = [{ name: 'Webhook', outputs: 1 }]
  for (let layer = 0; layer < 2 + random.below(4); layer++) {
    const here = []
    for (let place = 0; place < 1 + random.below(3); place++) {
      const name = `N${layer}x${place}`
      const kind = random.of(['set', 'noOp', 'http', 'http', 'http', 'if', 'stop'])
      if (kind === 'stop' && layer < 2) continue
      const { made, outputs, truth } = oneNode(random, kind, name, far)
      nodes.push(made)
      expected[name] = truth
      const from = random.of(above)
      const output = random.below(from.outputs)
      links.push(`${from.name} ${output}> ${name}`)
      if (kind !== 'stop') here.push({ name, outputs })
    }
    if (here.length > 0) above = random.below(3) === 0 ? [...above, ...here] : here
  }
  return { flow: workflow(id, nodes, links), expected }
}

function oneNode(random, kind, name, far) {
  const fine = { isFailed: false, attempts: 1 }
  if (kind === 'set') return { made: set(name), outputs: 1, truth: fine }
  if (kind === 'noOp') return { made: node('noOp', name), outputs: 1, truth: fine }
  if (kind === 'stop') return { made: node('stop', name, { errorMessage: 'on purpose' }), outputs: 0, truth: { isFailed: true, attempts: 1 } }
  if (kind === 'if') return { made: condition(name, random.below(2)), outputs: 2, truth: fine }
  const { made, tries, fails } = calling(random, name, far)
  const truth = { isFailed: fails >= tries, attempts: Math.min(tries, fails + 1) }
  return { made, outputs: made.onError === 'continueErrorOutput' ? 2 : 1, truth }
}

function condition(name, right) {
  const conditions = { options: { version: 2 }, combinator: 'and', conditions: [{ id: 'c', leftValue: 1, rightValue: right, operator: { type: 'number', operation: 'equals' } }] }
  return node('if', name, { conditions, options: {} })
}
