"""What a server says of itself, as its interfaces have it, to be changed by the tests; its searches are Qdrant's own engine."""

import json
import random
from pathlib import Path
from typing import Any

import qdrant_edge as edge
from server import Answer, Request, failed, ok

METRICS = """\
# TYPE app_status_recovery_mode gauge
app_status_recovery_mode 0
memory_resident_bytes 1073741824
process_open_fds 200
process_max_fds 1000
process_open_mmaps 600
system_max_mmaps 65530
snapshot_creation_running{id="docs"} 1
rest_responses_total{method="POST",endpoint="/collections/{name}/points/query",status="200"} {ok}
rest_responses_total{method="POST",endpoint="/collections/{name}/points/query",status="500"} {bad}
rest_responses_total{method="PUT",endpoint="/collections/{name}/points",status="429"} 0
rest_responses_duration_seconds_bucket{method="POST",endpoint="/collections/{name}/points/query",le="0.1"} {fast}
rest_responses_duration_seconds_bucket{method="POST",endpoint="/collections/{name}/points/query",le="1"} {ok}
rest_responses_duration_seconds_bucket{method="POST",endpoint="/collections/{name}/points/query",le="+Inf"} {ok}
grpc_responses_total{endpoint="/qdrant.Points/Upsert",status="0"} 5
nonsense
"""


class Health:
    """Answers for one collection, `docs`."""

    def __init__(self, folder: Path) -> None:
        self.counts = {"ok": 100, "bad": 0, "fast": 100}
        self.info: dict[str, Any] = {
            "status": "green",
            "optimizer_status": "ok",
            "indexed_vectors_count": 1000,
            "points_count": 1000,
            "segments_count": 4,
            "update_queue": {"length": 0},
            "config": {
                "params": {"vectors": {"size": 16, "distance": "Cosine"}, "replication_factor": 2},
                "optimizer_config": {"max_optimization_threads": None},
            },
        }
        self.optimizations: dict[str, Any] | None = {"running": [], "summary": {"queued_optimizations": 0}}
        self.shards = [
            {"shard_id": 0, "state": "Active"},
            {"shard_id": 0, "state": "Active"},
            {"shard_id": 1, "state": "Active"},
            {"shard_id": 1, "state": "Dead"},
        ]
        self.term = 3
        self.consensus = "working"
        self.away: set[str] = set()
        self.lossy = False
        self.names = ["docs"]
        rng = random.Random(7)
        self.vectors = [[rng.gauss(0, 1) for _ in range(16)] for _ in range(300)]
        self.shard = edge.EdgeShard.create(
            str(folder),
            edge.EdgeConfig(vectors=edge.EdgeVectorParams(size=16, distance=edge.Distance.Cosine)),
        )
        points = [edge.Point(i, vector, {}) for i, vector in enumerate(self.vectors)]
        self.shard.update(edge.UpdateOperation.upsert_points(points))

    def __call__(self, request: Request) -> Answer:
        path = request.path.split("?")[0]
        if path in self.away:
            return failed(503, "away")
        if path == "/metrics":
            text = METRICS
            for name, count in self.counts.items():
                text = text.replace("{" + name + "}", str(count))
            return Answer(200, text.encode())
        if path == "/collections":
            return ok({"collections": [{"name": name} for name in self.names]})
        if path == "/collections/docs":
            return ok(self.info)
        if path == "/collections/docs/optimizations":
            return failed(404, "none") if self.optimizations is None else ok(self.optimizations)
        if path == "/collections/docs/cluster":
            return ok({"local_shards": self.shards[:2], "remote_shards": self.shards[2:]})
        if path == "/cluster":
            raft = {"term": self.term, "pending_operations": 2}
            failures = {"http://peer": {"count": 4}}
            status = {"consensus_thread_status": self.consensus}
            return ok(
                {
                    "status": "enabled",
                    "peers": {"1": {}, "2": {}},
                    "raft_info": raft,
                    "consensus_thread_status": status,
                    "message_send_failures": failures,
                }
            )
        if path == "/telemetry":
            return ok({"memory": {"resident_bytes": 2**30}, "app": {"system": {"ram_size": 2**22}}})
        if path == "/profiler/slow_requests":
            slow = {"collection_name": "docs", "request_name": "core_search", "request_body": {"v": "s3cr3t"}}
            return ok({"requests": [{**slow, "duration": 0.7, "approx_count": 3}, {**slow, "duration": 0.2}]})
        if path == "/collections/docs/points/query":
            return ok({"points": self._search(json.loads(request.body))})
        return failed(404, path)

    def _search(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        found = self.shard.query(
            edge.QueryRequest(
                limit=asked["limit"],
                query=edge.Query.Nearest(asked["query"]),
                params=edge.SearchParams(exact=asked["params"]["exact"]),
            )
        )
        points = [{"id": point.id, "score": point.score} for point in found]
        # An index that has lost its links.
        return points[1::2] if self.lossy and not asked["params"]["exact"] else points
