// The public face of the adapter.
export { faults } from './faults.js'
export { instrument, uninstrument } from './install.js'
export type { Copy } from './install.js'
