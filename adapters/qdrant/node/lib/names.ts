// Names of operations, attributes and metrics. Made by generate.py from operations.json; a test compares them.

/** What is known of one method of the client. */
export interface Operation {
  readonly name: string
  readonly group: string
  readonly items?: readonly string[]
  readonly rows?: string
  readonly scores?: boolean
  /** Whether the first argument, where it is a text, names a collection. */
  readonly collection?: boolean
}

/** How an instrument is made. */
export interface Metric {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly buckets?: readonly number[]
}

export const SYSTEM = 'db.system.name'
export const OPERATION = 'db.operation.name'
export const COLLECTION = 'db.collection.name'
export const BATCH_SIZE = 'db.operation.batch.size'
export const STATUS_CODE = 'db.response.status_code'
export const ROWS = 'db.response.returned_rows'
export const ADDRESS = 'server.address'
export const PORT = 'server.port'
export const ERROR_TYPE = 'error.type'
export const TOP_K = 'db.vector.top_k'
export const DIMENSION = 'db.vector.dimension'
export const USING = 'db.vector.using'
export const THRESHOLD = 'db.vector.score_threshold'
export const FILTERED = 'db.vector.filter.present'
export const FILTER_SHAPE = 'db.vector.filter.shape'
export const HNSW_EF = 'db.vector.hnsw_ef'
export const EXACT = 'db.vector.exact'
export const SCORE_MAX = 'db.vector.score.max'
export const SCORE_MIN = 'db.vector.score.min'
export const TRANSPORT = 'vigie.qdrant.transport'
export const WAIT = 'vigie.qdrant.wait'
export const REQUESTS = 'vigie.qdrant.requests'
export const SERVER_SECONDS = 'vigie.qdrant.server.duration'
export const REQUEST_BYTES = 'vigie.qdrant.request.bytes'
export const RESPONSE_BYTES = 'vigie.qdrant.response.bytes'
export const TIMEOUT_PHASE = 'vigie.qdrant.timeout.phase'
export const RETRY_AFTER = 'vigie.qdrant.retry_after'
export const PARALLEL = 'vigie.qdrant.parallel'
export const ATTEMPT = 'vigie.qdrant.attempt'
export const RETRIES = 'vigie.qdrant.retries'

export const DURATION: Metric = {"name": "db.client.operation.duration", "unit": "s", "description": "How long calls of the client took", "buckets": [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]}
export const SERVER: Metric = {"name": "vigie.qdrant.server.duration", "unit": "s", "description": "How long the server says that it worked on a call", "buckets": [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]}
export const ERRORS: Metric = {"name": "vigie.qdrant.client.errors", "unit": "1", "description": "Calls that failed"}
export const RETRIES_MADE: Metric = {"name": "vigie.qdrant.client.retries", "unit": "1", "description": "Batches that an uploader sent again"}
export const FAULTS: Metric = {"name": "vigie.qdrant.adapter.faults", "unit": "1", "description": "Failures of the adapter itself, which the program never saw"}

export const NOT_OPERATIONS: ReadonlySet<string> = new Set(["api", "constructor"])

export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["query", {"name": "query_points", "group": "search", "rows": "points", "scores": true}],
  ["queryBatch", {"name": "query_batch_points", "group": "search", "rows": "each", "scores": true, "items": ["searches"]}],
  ["queryGroups", {"name": "query_points_groups", "group": "search", "rows": "groups"}],
  ["searchMatrixPairs", {"name": "search_matrix_pairs", "group": "search", "rows": "pairs"}],
  ["searchMatrixOffsets", {"name": "search_matrix_offsets", "group": "search", "rows": "ids"}],
  ["search", {"name": "search", "group": "search", "rows": "self", "scores": true}],
  ["searchBatch", {"name": "search_batch", "group": "search", "rows": "each", "scores": true, "items": ["searches"]}],
  ["searchPointGroups", {"name": "search_groups", "group": "search", "rows": "groups"}],
  ["recommend", {"name": "recommend", "group": "search", "rows": "self", "scores": true}],
  ["recommendBatch", {"name": "recommend_batch", "group": "search", "rows": "each", "scores": true, "items": ["searches"]}],
  ["recommend_batch", {"name": "recommend_batch", "group": "search", "rows": "each", "scores": true, "items": ["searches"]}],
  ["recommendPointGroups", {"name": "recommend_groups", "group": "search", "rows": "groups"}],
  ["discoverPoints", {"name": "discover", "group": "search", "rows": "self", "scores": true}],
  ["discoverBatchPoints", {"name": "discover_batch", "group": "search", "rows": "each", "scores": true, "items": ["searches"]}],
  ["scroll", {"name": "scroll", "group": "read", "rows": "page"}],
  ["retrieve", {"name": "retrieve", "group": "read", "rows": "self", "items": ["ids"]}],
  ["count", {"name": "count", "group": "read"}],
  ["facet", {"name": "facet", "group": "read", "rows": "hits"}],
  ["upsert", {"name": "upsert", "group": "write", "items": ["points", "batch"]}],
  ["updateVectors", {"name": "update_vectors", "group": "write", "items": ["points"]}],
  ["delete", {"name": "delete", "group": "write", "items": ["points"]}],
  ["deleteVectors", {"name": "delete_vectors", "group": "write", "items": ["points"]}],
  ["setPayload", {"name": "set_payload", "group": "write", "items": ["points"]}],
  ["overwritePayload", {"name": "overwrite_payload", "group": "write", "items": ["points"]}],
  ["deletePayload", {"name": "delete_payload", "group": "write", "items": ["points"]}],
  ["clearPayload", {"name": "clear_payload", "group": "write", "items": ["points"]}],
  ["batchUpdate", {"name": "batch_update_points", "group": "write", "items": ["operations"]}],
  ["getCollections", {"name": "get_collections", "group": "admin", "rows": "collections"}],
  ["getCollection", {"name": "get_collection", "group": "admin"}],
  ["collectionExists", {"name": "collection_exists", "group": "admin"}],
  ["createCollection", {"name": "create_collection", "group": "admin"}],
  ["recreateCollection", {"name": "recreate_collection", "group": "admin"}],
  ["updateCollection", {"name": "update_collection", "group": "admin"}],
  ["deleteCollection", {"name": "delete_collection", "group": "admin"}],
  ["getAliases", {"name": "get_aliases", "group": "admin", "rows": "aliases"}],
  ["getCollectionAliases", {"name": "get_collection_aliases", "group": "admin", "rows": "aliases"}],
  ["updateCollectionAliases", {"name": "update_collection_aliases", "group": "admin"}],
  ["createPayloadIndex", {"name": "create_payload_index", "group": "admin"}],
  ["deletePayloadIndex", {"name": "delete_payload_index", "group": "admin"}],
  ["createVectorName", {"name": "create_vector_name", "group": "admin"}],
  ["deleteVectorName", {"name": "delete_vector_name", "group": "admin"}],
  ["createSnapshot", {"name": "create_snapshot", "group": "admin"}],
  ["listSnapshots", {"name": "list_snapshots", "group": "admin", "rows": "self"}],
  ["deleteSnapshot", {"name": "delete_snapshot", "group": "admin"}],
  ["recoverSnapshot", {"name": "recover_snapshot", "group": "admin"}],
  ["createFullSnapshot", {"name": "create_full_snapshot", "group": "admin"}],
  ["listFullSnapshots", {"name": "list_full_snapshots", "group": "admin", "rows": "self"}],
  ["deleteFullSnapshot", {"name": "delete_full_snapshot", "group": "admin", "collection": false}],
  ["createShardSnapshot", {"name": "create_shard_snapshot", "group": "admin"}],
  ["listShardSnapshots", {"name": "list_shard_snapshots", "group": "admin", "rows": "self"}],
  ["deleteShardSnapshot", {"name": "delete_shard_snapshot", "group": "admin"}],
  ["recoverShardFromSnapshot", {"name": "recover_shard_snapshot", "group": "admin"}],
  ["createShardKey", {"name": "create_shard_key", "group": "admin"}],
  ["listShardKeys", {"name": "list_shard_keys", "group": "admin"}],
  ["deleteShardKey", {"name": "delete_shard_key", "group": "admin"}],
  ["collectionClusterInfo", {"name": "collection_cluster_info", "group": "admin"}],
  ["updateCollectionCluster", {"name": "cluster_collection_update", "group": "admin"}],
  ["clusterTelemetry", {"name": "cluster_telemetry", "group": "admin"}],
  ["getOptimizations", {"name": "get_optimizations", "group": "admin"}],
  ["versionInfo", {"name": "info", "group": "admin"}],
])
