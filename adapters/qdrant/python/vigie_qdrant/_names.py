"""Names of operations, attributes and metrics. Made by generate.py from operations.json; a test compares them."""

from typing import NamedTuple


class Operation(NamedTuple):
    """What is known of one method of the clients."""

    group: str = "admin"
    filter: str | None = None
    items: str | None = None
    rows: str | None = None
    scores: bool = False


class Metric(NamedTuple):
    """How an instrument is made."""

    kind: str
    name: str
    unit: str
    description: str
    buckets: tuple[float, ...] | None = None


SYSTEM = "db.system.name"
OPERATION = "db.operation.name"
COLLECTION = "db.collection.name"
BATCH_SIZE = "db.operation.batch.size"
STATUS_CODE = "db.response.status_code"
ROWS = "db.response.returned_rows"
ADDRESS = "server.address"
PORT = "server.port"
ERROR_TYPE = "error.type"
TOP_K = "db.vector.top_k"
DIMENSION = "db.vector.dimension"
USING = "db.vector.using"
THRESHOLD = "db.vector.score_threshold"
FILTERED = "db.vector.filter.present"
FILTER_SHAPE = "db.vector.filter.shape"
HNSW_EF = "db.vector.hnsw_ef"
EXACT = "db.vector.exact"
SCORE_MAX = "db.vector.score.max"
SCORE_MIN = "db.vector.score.min"
TRANSPORT = "vigie.qdrant.transport"
WAIT = "vigie.qdrant.wait"
REQUESTS = "vigie.qdrant.requests"
SERVER_SECONDS = "vigie.qdrant.server.duration"
REQUEST_BYTES = "vigie.qdrant.request.bytes"
RESPONSE_BYTES = "vigie.qdrant.response.bytes"
TIMEOUT_PHASE = "vigie.qdrant.timeout.phase"
RETRY_AFTER = "vigie.qdrant.retry_after"
PARALLEL = "vigie.qdrant.parallel"
ATTEMPT = "vigie.qdrant.attempt"
RETRIES = "vigie.qdrant.retries"

DURATION = Metric(
    "histogram",
    "db.client.operation.duration",
    "s",
    "How long calls of the client took",
    (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10),
)
SERVER = Metric(
    "histogram",
    "vigie.qdrant.server.duration",
    "s",
    "How long the server says that it worked on a call",
    (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10),
)
ERRORS = Metric(
    "counter",
    "vigie.qdrant.client.errors",
    "1",
    "Calls that failed",
)
RETRIES_MADE = Metric(
    "counter",
    "vigie.qdrant.client.retries",
    "1",
    "Batches that an uploader sent again",
)
FAULTS = Metric(
    "counter",
    "vigie.qdrant.adapter.faults",
    "1",
    "Failures of the adapter itself, which the program never saw",
)

NOT_OPERATIONS = frozenset(["close", "get_embedding_size"])

OPERATIONS = {
    "query_points": Operation(group="search", filter="query_filter", rows="points", scores=True),
    "query_batch_points": Operation(group="search", items="requests", rows="each", scores=True),
    "query_points_groups": Operation(group="search", filter="query_filter", rows="groups"),
    "search_matrix_pairs": Operation(group="search", filter="query_filter", rows="pairs"),
    "search_matrix_offsets": Operation(group="search", filter="query_filter", rows="ids"),
    "scroll": Operation(group="read", filter="scroll_filter", rows="page"),
    "retrieve": Operation(group="read", items="ids", rows="self"),
    "count": Operation(group="read", filter="count_filter"),
    "facet": Operation(group="read", filter="facet_filter", rows="hits"),
    "upsert": Operation(group="write", items="points"),
    "update_vectors": Operation(group="write", items="points"),
    "delete": Operation(group="write", items="points_selector"),
    "delete_vectors": Operation(group="write", items="points"),
    "set_payload": Operation(group="write", items="points"),
    "overwrite_payload": Operation(group="write", items="points"),
    "delete_payload": Operation(group="write", items="points"),
    "clear_payload": Operation(group="write", items="points_selector"),
    "batch_update_points": Operation(group="write", items="update_operations"),
    "upload_points": Operation(group="upload", items="points"),
    "upload_collection": Operation(group="upload", items="vectors"),
    "get_collections": Operation(group="admin", rows="collections"),
    "get_collection": Operation(group="admin"),
    "collection_exists": Operation(group="admin"),
    "create_collection": Operation(group="admin"),
    "recreate_collection": Operation(group="admin"),
    "update_collection": Operation(group="admin"),
    "delete_collection": Operation(group="admin"),
    "get_aliases": Operation(group="admin", rows="aliases"),
    "get_collection_aliases": Operation(group="admin", rows="aliases"),
    "update_collection_aliases": Operation(group="admin"),
    "create_payload_index": Operation(group="admin"),
    "delete_payload_index": Operation(group="admin"),
    "create_vector_name": Operation(group="admin"),
    "delete_vector_name": Operation(group="admin"),
    "create_snapshot": Operation(group="admin"),
    "list_snapshots": Operation(group="admin", rows="self"),
    "delete_snapshot": Operation(group="admin"),
    "recover_snapshot": Operation(group="admin"),
    "create_full_snapshot": Operation(group="admin"),
    "list_full_snapshots": Operation(group="admin", rows="self"),
    "delete_full_snapshot": Operation(group="admin"),
    "create_shard_snapshot": Operation(group="admin"),
    "list_shard_snapshots": Operation(group="admin", rows="self"),
    "delete_shard_snapshot": Operation(group="admin"),
    "recover_shard_snapshot": Operation(group="admin"),
    "create_shard_key": Operation(group="admin"),
    "list_shard_keys": Operation(group="admin"),
    "delete_shard_key": Operation(group="admin"),
    "collection_cluster_info": Operation(group="admin"),
    "cluster_collection_update": Operation(group="admin"),
    "cluster_status": Operation(group="admin"),
    "cluster_telemetry": Operation(group="admin"),
    "recover_current_peer": Operation(group="admin"),
    "remove_peer": Operation(group="admin"),
    "get_optimizations": Operation(group="admin"),
    "info": Operation(group="admin"),
    "migrate": Operation(group="admin"),
}
