// Asks for what there is not, and does not wait for the answer: Node ends the process for it.
import * as vigie from 'vigie'
import { instrument } from 'vigie-mcp'
import { pair, SDKS } from '../helper.mjs'

vigie.init({ service: 'unawaited', outputs: [{ to: 'memory' }] })
await instrument({ from: import.meta.url })
const { client } = await pair(SDKS[0])
client.getPrompt({ name: 'nothing', arguments: {} })
await new Promise((resolve) => setTimeout(resolve, 1000))
