"""Over gRPC, against a real server of the client's own stubs: headers, times, statuses, uploads."""

import asyncio
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
import vigie
from conftest import points
from qdrant_client import AsyncQdrantClient, QdrantClient
from qdrant_client.grpc import (
    CountResponse,
    CountResult,
    PointsOperationResponse,
    UpdateResult,
    points_service_pb2_grpc,
)


class Points(points_service_pb2_grpc.PointsServicer):
    """Counts, and takes points after having refused them so many times."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []
        self.refuse = 0
        self.code = grpc.StatusCode.UNAVAILABLE

    def _seen(self, context: Any) -> None:
        self.headers.append(dict(context.invocation_metadata()))
        if self.refuse:
            self.refuse -= 1
            context.abort(self.code, "s3cr3t")

    def Count(self, request: Any, context: Any) -> Any:
        self._seen(context)
        return CountResponse(result=CountResult(count=3), time=0.125)

    def Upsert(self, request: Any, context: Any) -> Any:
        self._seen(context)
        return PointsOperationResponse(result=UpdateResult(operation_id=1, status=1), time=0.25)


@pytest.fixture
def service() -> Iterator[tuple[Points, int]]:
    running = grpc.server(futures.ThreadPoolExecutor(8))
    servicer = Points()
    points_service_pb2_grpc.add_PointsServicer_to_server(servicer, running)
    port = running.add_insecure_port("127.0.0.1:0")
    running.start()
    yield servicer, port
    running.stop(None)


def options(port: int) -> dict[str, Any]:
    return {"host": "127.0.0.1", "grpc_port": port, "prefer_grpc": True, "check_compatibility": False}


def ids_sent(servicer: Points) -> list[str]:
    return [headers["traceparent"].split("-")[2] for headers in servicer.headers]


def test_a_call(records: Any, service: tuple[Points, int]) -> None:
    servicer, port = service
    assert QdrantClient(**options(port)).count("docs").count == 3
    (span,) = records.spans
    said = span["attributes"]
    assert ids_sent(servicer) == [span["span_id"]]
    assert (said["vigie.qdrant.transport"], said["server.port"]) == ("grpc", port)
    assert said["vigie.qdrant.server.duration"] == 0.125
    assert said["vigie.qdrant.request.bytes"] > 0 and said["vigie.qdrant.response.bytes"] > 0
    assert said["db.response.status_code"] == "OK"


def test_an_async_call(records: Any, service: tuple[Points, int]) -> None:
    servicer, port = service

    async def calls() -> None:
        client = AsyncQdrantClient(**options(port))
        await asyncio.gather(*(client.count(f"c{number}") for number in range(20)))
        await client.close()

    asyncio.run(calls())
    assert sorted(ids_sent(servicer)) == sorted(span["span_id"] for span in records.spans)
    assert len(records.spans) == 20
    assert records.spans[0]["attributes"]["vigie.qdrant.server.duration"] == 0.125


def test_a_status_is_the_error(records: Any, service: tuple[Points, int]) -> None:
    servicer, port = service
    servicer.refuse, servicer.code = 1, grpc.StatusCode.NOT_FOUND
    with pytest.raises(grpc.RpcError, match="s3cr3t"):
        QdrantClient(**options(port)).count("docs")
    (span,) = records.spans
    assert span["attributes"]["error.type"] == span["attributes"]["db.response.status_code"] == "NOT_FOUND"
    assert span["status"] == "error" and "s3cr3t" not in str(span)


def test_a_deadline_is_a_phase(records: Any, service: tuple[Points, int]) -> None:
    servicer, port = service
    servicer.refuse, servicer.code = 1, grpc.StatusCode.DEADLINE_EXCEEDED
    with pytest.raises(grpc.RpcError):
        QdrantClient(**options(port)).count("docs")
    assert records.spans[0]["attributes"]["vigie.qdrant.timeout.phase"] == "deadline"


def test_an_upload_is_retried(records: Any, service: tuple[Points, int]) -> None:
    servicer, port = service
    servicer.refuse = 1
    with pytest.warns(UserWarning, match="Retrying"):
        QdrantClient(**options(port)).upload_points("docs", (point for point in points(6)), batch_size=3)
    *attempts, upload = records.spans
    assert [span["attributes"].get("error.type") for span in attempts] == ["UNAVAILABLE", None, None]
    assert [span["attributes"]["vigie.qdrant.attempt"] for span in attempts] == [1, 2, 1]
    assert ids_sent(servicer) == [span["span_id"] for span in attempts]
    assert upload["attributes"]["vigie.qdrant.retries"] == 1
    assert upload["attributes"]["db.operation.batch.size"] == 6
    assert "s3cr3t" not in str(records.lines)
    assert vigie.current_context().span_id is None
