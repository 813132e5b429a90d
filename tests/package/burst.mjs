// Ten thousand records, and the end of the program.
import { getLogger, init } from 'vigie'

init({ service: 'burst', outputs: [{ to: 'file', path: 'burst.jsonl' }] })
const log = getLogger('burst')
for (let i = 0; i < 10_000; i++) log.info('line {i}', { i })
