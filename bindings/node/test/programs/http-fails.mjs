// A server whose listener throws, or rejects, before it has answered.
import http from 'node:http'
import * as vigie from 'vigie'
import { wrap } from 'vigie/http'

vigie.init({ service: 'shop', outputs: [{ to: 'console', stream: 'stdout', format: 'json' }] })
const throws = () => { throw new RangeError('no stock') }
const server = http.createServer(wrap(process.argv[2] === 'throws' ? throws : async () => throws())).listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1' }).on('error', () => {})
})
