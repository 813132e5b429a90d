// A cluster whose workers write one file each, with one trace through all of them.
import cluster from 'node:cluster'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as vigie from '../../dist/esm/index.js'

const folder = process.argv[2]
const role = cluster.isWorker ? `worker-${cluster.worker.id}` : (process.argv[3] ?? 'primary')
vigie.init({ service: role, outputs: [{ to: 'file', path: join(folder, `${role}.jsonl`) }] })
const log = vigie.getLogger('cluster')
if (role === 'primary') {
  await vigie.span('all', async () => {
    const { traceparent: TRACEPARENT } = vigie.inject({})
    cluster.setupPrimary({ args: [folder] })
    const ends = Array.from({ length: 4 }, () => once(cluster.fork({ TRACEPARENT }), 'exit'))
    ends.push(once(fork(fileURLToPath(import.meta.url), [folder, 'forked'], { env: { ...process.env, TRACEPARENT } }), 'exit'))
    await Promise.all(ends)
  })
} else {
  for (let i = 0; i < 1000; i++) log.info('line', { i })
  process.exit(0)
}
