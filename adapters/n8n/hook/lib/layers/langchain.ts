// L5: chains, models and tools inside of AI nodes, by the adapter for LangChain where it is installed.

import { current } from '../current.js'
import { Missing } from '../host.js'
import type { Layer } from './layer.js'

type Texts = { readonly [key: string]: string }

interface Adapter {
  instrument(settings: { readonly from: readonly string[]; readonly attributes: () => Texts | undefined }): Promise<void>
}

export const langchain: Layer = {
  name: 'langchain',
  install(host) {
    const nodes = host.path('@n8n/n8n-nodes-langchain/package.json')
    if (nodes === undefined) throw new Missing('this n8n has no AI nodes')
    void adapter().instrument({ from: [nodes], attributes: () => current.getStore()?.attributes })
  },
}

function adapter(): Adapter {
  try {
    return require('vigie-langchain') as Adapter
  } catch {
    throw new Missing('the package vigie-langchain is not installed beside this one')
  }
}
