// The text formats of metrics with their corners, and that no text at all makes the reader fail.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'

const part = createRequire(new URL('../build/lib/exposition/', import.meta.url))
const { parse } = part('./parse.js')
const { selector, toJson } = part('./select.js')

function only(line, contentType) {
  const { samples, faults } = parse(line, contentType)
  assert.deepEqual(faults, [])
  assert.equal(samples.length, 1)
  const [{ family: _, ...sample }] = samples
  return sample
}

test('a page of the older format', () => {
  const page = parse(
    [
      '# HELP http_requests_total All \\\\ requests\\nso far "quoted"',
      '# TYPE http_requests_total counter',
      'http_requests_total{method="post",code="200"} 1027 1395066363000',
      'http_requests_total{method="post",code="400",}    3 1395066363000',
      '',
      '# a comment, and # TYPE inside of one',
      '#TYPE tight gauge',
      'tight 1',
      '  something_weird{problem="division by zero"} +Inf -3982045\r',
      '# TYPE duration_seconds histogram',
      'duration_seconds_bucket{le="0.05"} 24054',
      'duration_seconds_bucket{le="+Inf"} 144320',
      'duration_seconds_sum 53423',
      'duration_seconds_count 144320',
      'duration_seconds_other 1',
    ].join('\n'),
  )
  assert.deepEqual(page.faults, [])
  const [first, second, tight, weird, bucket, , , count, other] = page.samples
  assert.deepEqual(first, {
    name: 'http_requests_total',
    labels: { method: 'post', code: '200' },
    value: 1027,
    timestamp_ms: 1395066363000,
    family: { name: 'http_requests_total', type: 'counter', help: 'All \\ requests\nso far "quoted"', unit: '' },
  })
  assert.deepEqual([second.labels, second.value], [{ method: 'post', code: '400' }, 3])
  assert.equal(tight.family.type, 'gauge')
  assert.deepEqual([weird.value, weird.timestamp_ms, weird.family.type], [Number.POSITIVE_INFINITY, -3982045, 'untyped'])
  assert.deepEqual([bucket.family.name, count.family.name, other.family.name], ['duration_seconds', 'duration_seconds', 'duration_seconds_other'])
})

test('OpenMetrics: exemplars, units, times in seconds, names without the suffix', () => {
  const page = parse(
    [
      '# TYPE requests counter',
      '# UNIT requests requests',
      'requests_total{a="b"} 5 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67 1520879606.5',
      'requests_created 1520430000.123',
      '# TYPE build info',
      'build_info{version="1"} 1',
      '# TYPE size gaugehistogram',
      'size_bucket{le="1"} 1 # {} 2',
      'size_gsum 3',
      '# EOF',
    ].join('\n'),
  )
  assert.deepEqual(page.faults, [])
  const [total, created, info, bucket, sum] = page.samples
  assert.deepEqual(total.exemplar, { labels: { trace_id: 'KOO5S4vxi0o' }, value: 0.67, timestamp_ms: 1520879606500 })
  assert.deepEqual([total.timestamp_ms, total.family.unit], [1520879607789, 'requests'])
  assert.deepEqual([created, info, bucket, sum].map(({ family }) => family.name), ['requests', 'build', 'size', 'size'])
  assert.deepEqual(bucket.exemplar, { labels: {}, value: 2 })
})

test('the type of the content tells the format, whatever the end of the page says', () => {
  assert.equal(only('a 1 2', 'application/openmetrics-text; version=1.0.0; charset=utf-8').timestamp_ms, 2000)
  assert.equal(only('a 1 2', 'text/plain; version=0.0.4').timestamp_ms, 2)
  assert.equal(only('a 1 2\n# EOF', 'text/plain').timestamp_ms, 2)
})

test('values', () => {
  const table = { '1': 1, '-1.5e3': -1500, '.5': 0.5, '5.': 5, '1E+2': 100, '+Inf': Infinity, '-inf': -Infinity, Infinity: Infinity, '1e999': Infinity }
  for (const [text, value] of Object.entries(table)) assert.equal(only(`a ${text}`).value, value, text)
  for (const text of ['NaN', 'nan', '+NaN']) assert.ok(Number.isNaN(only(`a\t${text}`).value), text)
})

test('escapes, quotes, braces and commas in labels', () => {
  const sample = only('a { x = "1\\\\2\\"3\\n4\\t,}{=" , y="" }\t7')
  assert.deepEqual(sample, { name: 'a', labels: { x: '1\\2"3\n4\\t,}{=', y: '' }, value: 7 })
  assert.deepEqual(only('a{x="\\\\"} 1').labels, { x: '\\' })
  assert.deepEqual(only('a{} 1').labels, {})
  const labels = only('a{__proto__="p",constructor="c"} 1').labels
  assert.deepEqual(Object.entries(labels), [['__proto__', 'p'], ['constructor', 'c']])
})

test('names in UTF-8 stand in quotes', () => {
  assert.deepEqual(only('{"my.dotted/métrique","label.name"="v",plain="w"} 3'), {
    name: 'my.dotted/métrique',
    labels: { 'label.name': 'v', plain: 'w' },
    value: 3,
  })
  assert.equal(only('{a="b","name"} 1').name, 'name')
  const [sample] = parse('# TYPE "my.metric" counter\n# HELP "my.metric" text\n{"my.metric"} 1').samples
  assert.deepEqual(sample.family, { name: 'my.metric', type: 'counter', help: 'text', unit: '' })
})

test('a bad line costs itself, and is told with its place', () => {
  const bad = {
    'a': 'the value is missing at column 2',
    'a one': 'one is no number at column 6',
    'a 0x10': '0x10 is no number at column 7',
    'a 1_000': '1_000 is no number at column 8',
    'a 1 soon': 'soon is no time in milliseconds at column 9',
    'a 1 2 3': 'the line goes on behind its value and time at column 7',
    'a{x="1} 1': 'a closing quote is missing at column 10',
    'a{x="1" y="2"} 1': '"," or "}" is missing at column 9',
    'a{x} 1': '"=" is missing at column 4',
    'a{,} 1': 'the name of a label is missing at column 3',
    'a{x="1",x="2"} 1': 'label x stands twice at column 10',
    '{x="1"} 1': 'the name of the metric is missing at column 8',
    'a{"b"} 1': '"=" is missing at column 6',
    '9a 1': 'the name of the metric is missing at column 1',
    '# TYPE a wonder': 'wonder is no type of a metric at column 16',
    '# HELP  ': 'the name of the metric is missing at column 9',
  }
  for (const [line, fault] of Object.entries(bad)) {
    const { samples, faults, faulty_lines } = parse(`ok 1\n${line}\nok 2`)
    assert.deepEqual(faults, [`line 2: ${fault}`], line)
    assert.deepEqual([faulty_lines, samples.map(({ value }) => value)], [1, [1, 2]])
  }
  const many = parse('bad line here\n'.repeat(50))
  assert.deepEqual([many.faults.length, many.faulty_lines], [10, 50])
})

test('whatever is written is read back', () => {
  const escape = (text) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\r'))
  const labels = fc.dictionary(text.filter((name) => name !== ''), text, { maxKeys: 4 })
  fc.assert(
    fc.property(text.filter((name) => name !== ''), labels, fc.double(), (name, labels, value) => {
      const inside = [`"${escape(name)}"`, ...Object.entries(labels).map(([key, value]) => `"${escape(key)}"="${escape(value)}"`)]
      const written = Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
      const sample = only(`{${inside.join(',')}} ${written}`)
      assert.deepEqual(sample.name, name)
      assert.deepEqual(Object.entries(sample.labels).sort(), Object.entries(labels).sort())
      assert.ok(Object.is(sample.value, value) || (sample.value === 0 && value === 0))
    }),
    { numRuns: 300 },
  )
})

test('no text makes it fail', () => {
  const piece = fc.constantFrom('a', '{', '}', '"', '\\', '=', ',', ' ', '\n', '#', 'HELP', 'TYPE', ' 1', 'NaN', '\t', 'é', '__proto__')
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => assert.ok(parse(pieces.join('')).faulty_lines >= 0)), { numRuns: 2000 })
  assert.equal(parse(`a{x="${'\\'.repeat(200_000)}`).faulty_lines, 1)
})

test('names are chosen by patterns', () => {
  const chosen = (list) => ['n8n_up', 'n8n_nodes', 'x.y', 'xzy'].filter(selector(list))
  assert.deepEqual(chosen(''), ['n8n_up', 'n8n_nodes', 'x.y', 'xzy'])
  assert.deepEqual(chosen('n8n_*, x.y'), ['n8n_up', 'n8n_nodes', 'x.y'])
  assert.deepEqual(chosen('n8n'), [])
})

test('items hold what JSON can say', () => {
  const [nan, infinite, timed] = parse('a NaN\nb -Inf\nc 1 0 # {t="1"} 2 3.5').samples.map(toJson)
  assert.deepEqual([nan.value, infinite.value], ['NaN', '-Infinity'])
  assert.equal(timed.timestamp, '1970-01-01T00:00:00.000Z')
  assert.deepEqual(timed.exemplar, { labels: { t: '1' }, value: 2, timestamp: '1970-01-01T00:00:03.500Z' })
  assert.deepEqual(JSON.parse(JSON.stringify(timed)), timed)
})
