// The names that are recorded: the same as adapters/mcp/names.json, which a test compares.
// Not for what is done with them.

// Attributes: the semantic conventions for the Model Context Protocol, and our own below `vigie.mcp`.
export const METHOD = 'mcp.method.name'
export const PROTOCOL_VERSION = 'mcp.protocol.version'
export const SESSION_ID = 'mcp.session.id'
export const RESOURCE_URI = 'mcp.resource.uri'
export const REQUEST_ID = 'jsonrpc.request.id'
export const OPERATION = 'gen_ai.operation.name'
export const TOOL = 'gen_ai.tool.name'
export const PROMPT = 'gen_ai.prompt.name'
export const ARGUMENTS = 'gen_ai.tool.call.arguments'
export const RESULT = 'gen_ai.tool.call.result'
export const STATUS_CODE = 'rpc.response.status_code'
export const ERROR_TYPE = 'error.type'
export const TRANSPORT = 'network.transport'
export const PROTOCOL = 'network.protocol.name'
export const SIDE = 'vigie.mcp.side'
export const ENTRY = 'vigie.mcp.entry'
export const RESULT_SIZE = 'vigie.mcp.result.size'
export const RESULT_TOKENS = 'vigie.mcp.result.tokens'
export const ARGUMENT_NAMES = 'vigie.mcp.arguments.names'
export const ARGUMENT_SIZE = 'vigie.mcp.arguments.size'

// Values.
export const CLIENT = 'client'
export const SERVER = 'server'
export const EXECUTE_TOOL = 'execute_tool'
export const TOOL_ERROR = 'tool_error'
export const CANCELLED = 'cancelled'
export const TIMEOUT = 'timeout'
export const OTHER = '_OTHER'
export const PIPE = 'pipe'
export const TCP = 'tcp'
export const HTTP = 'http'
export const LOGGER = 'vigie.mcp'
export const PROTOCOL_VERSION_META = 'io.modelcontextprotocol/protocolVersion'

export type Side = 'client' | 'server'

// Upper bounds of the histograms: seconds are those of the conventions.
export const SECONDS: readonly number[] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]
export const BYTES: readonly number[] = [256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216]
export const TOKENS: readonly number[] = [64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304]

// What a message carries of a trace, what a method may be as a label, and which codes may be one.
export const CARRIED: readonly string[] = ['traceparent', 'tracestate', 'baggage']
export const METHODS: readonly string[] = [
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'subscriptions/listen',
  'completion/complete',
  'logging/setLevel',
  'sampling/createMessage',
  'elicitation/create',
  'roots/list',
  'tasks/get',
  'tasks/result',
  'tasks/list',
  'tasks/cancel',
]
export const CODES: readonly number[] = [-32700, -32600, -32601, -32602, -32603, -32000, -32001, -32002, -32003, -32022, -32042, 0, 408]

// Limits.
export const NAMES_KEPT = 256
export const BYTES_PER_TOKEN = 4
export const CAPTURE_BYTES = 4096

/** An instrument as it is made. */
export interface Metric {
  readonly name: string
  readonly kind: 'counter' | 'up_down_counter' | 'gauge' | 'histogram'
  readonly unit: string
  readonly description: string
  readonly buckets: readonly number[] | null
}

export const SERVER_OPERATION: Metric = {
  name: 'mcp.server.operation.duration',
  kind: 'histogram',
  unit: 's',
  description: 'How long a request took, seen by the side that answered it',
  buckets: SECONDS,
}
export const CLIENT_OPERATION: Metric = {
  name: 'mcp.client.operation.duration',
  kind: 'histogram',
  unit: 's',
  description: 'How long a request took, seen by the side that asked',
  buckets: SECONDS,
}
export const SERVER_SESSION: Metric = {
  name: 'mcp.server.session.duration',
  kind: 'histogram',
  unit: 's',
  description: 'How long a session lasted, seen by the server',
  buckets: SECONDS,
}
export const CLIENT_SESSION: Metric = {
  name: 'mcp.client.session.duration',
  kind: 'histogram',
  unit: 's',
  description: 'How long a session lasted, seen by the client',
  buckets: SECONDS,
}
export const SESSIONS_OPEN: Metric = {
  name: 'vigie.mcp.sessions.open',
  kind: 'up_down_counter',
  unit: '{session}',
  description: 'Sessions that are open now',
  buckets: null,
}
export const LAST_ACTIVITY: Metric = {
  name: 'vigie.mcp.session.last_activity',
  kind: 'gauge',
  unit: 's',
  description: 'When a message was last seen in any session, in seconds since 1970',
  buckets: null,
}
export const STALEST_ACTIVITY: Metric = {
  name: 'vigie.mcp.session.stalest_activity',
  kind: 'gauge',
  unit: 's',
  description: 'When the open session that has been silent for longest had its last message, in seconds since 1970',
  buckets: null,
}
export const RESULT_BYTES: Metric = {
  name: 'vigie.mcp.result.bytes',
  kind: 'histogram',
  unit: 'By',
  description: 'Size of a result as JSON, without what escaping adds',
  buckets: BYTES,
}
export const RESULT_TOKEN_COUNT: Metric = {
  name: 'vigie.mcp.result.tokens',
  kind: 'histogram',
  unit: '{token}',
  description: 'Tokens of a result, estimated as a quarter of its bytes',
  buckets: TOKENS,
}
export const TOOL_CALLS: Metric = {
  name: 'vigie.mcp.tool.calls',
  kind: 'counter',
  unit: '{call}',
  description: 'Calls of each listed tool; 0 for one that was never called',
  buckets: null,
}
export const TOOLS_LISTED: Metric = {
  name: 'vigie.mcp.tools.listed',
  kind: 'gauge',
  unit: '{tool}',
  description: 'Tools that were listed since the start',
  buckets: null,
}
export const TOOLS_NEVER_CALLED: Metric = {
  name: 'vigie.mcp.tools.never_called',
  kind: 'gauge',
  unit: '{tool}',
  description: 'Tools that were listed and never called since the start',
  buckets: null,
}
export const DEFINITION_TOKENS: Metric = {
  name: 'vigie.mcp.tool.definition.tokens',
  kind: 'gauge',
  unit: '{token}',
  description: 'Tokens that the definition of a tool costs in every list, estimated',
  buckets: null,
}
export const FAULTS: Metric = {
  name: 'vigie.mcp.adapter.faults',
  kind: 'counter',
  unit: '{fault}',
  description: 'Failures of the adapter itself, which the program did not notice',
  buckets: null,
}
