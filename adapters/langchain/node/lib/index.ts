// Vigie for LangChain and LangGraph: spans and metrics of chains, models, tools, retrievers, agents and graphs.

export { VigieCallbackHandler } from './handler.js'
export { instrument, type InstrumentSettings, uninstrument } from './instrument.js'
export { stats } from './recorder.js'
export type { Price, Settings } from './settings.js'
