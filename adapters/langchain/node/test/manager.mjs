// The copy of LangChain that the scenarios run on, for tools that want to be handed it.
export * as manager from '@langchain/core/callbacks/manager'
export { awaitAllCallbacks } from '@langchain/core/callbacks/promises'
