// Nobody: what a server takes by itself.
import { requests } from './through_api.mjs'

export async function makeCase() {
  return { run: await requests() }
}
