"""Over HTTP: headers of concurrent calls, what the server says, errors, and in which phase time ran out."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import server
import vigie
import vigie_qdrant
from conftest import async_client_of, client_of
from qdrant_client import QdrantClient, context_headers, models
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse
from vigie_qdrant._exchanges import server_seconds

QUERY = [0.1, 0.2, 0.3]


def parents(remote: server.Server) -> list[str]:
    """The span ids that the requests carried."""
    return [request.headers["traceparent"].split("-")[2] for request in remote.requests]


def test_a_call_says_both_times_bytes_and_status(records: Any, remote: server.Server) -> None:
    client_of(remote).query_points("docs", query=QUERY, limit=3)
    (span,) = records.spans
    said = span["attributes"]
    (request,) = remote.requests
    assert parents(remote) == [span["span_id"]]
    assert said["vigie.qdrant.transport"] == "rest"
    assert said["server.address"] == "127.0.0.1" and said["server.port"] == remote.port
    assert said["db.response.status_code"] == "200"
    assert said["vigie.qdrant.server.duration"] == 0.0025
    assert said["vigie.qdrant.request.bytes"] == len(request.body)
    assert said["vigie.qdrant.response.bytes"] > 100
    assert said["db.response.returned_rows"] == 3
    assert said["db.vector.score.max"] == 0.9
    assert (
        f'vigie_qdrant_server_duration_count{{db_collection_name="docs",db_operation_name="query_points",db_system_name="qdrant",server_address="127.0.0.1",server_port="{remote.port}"}} 1'
        in vigie.metrics_text()
    )


def test_wait_and_batch_size_of_an_upsert(records: Any, remote: server.Server) -> None:
    points = [models.PointStruct(id=i, vector=QUERY) for i in range(4)]
    client_of(remote).upsert("docs", points, wait=False)
    said = records.spans[-1]["attributes"]
    assert said["vigie.qdrant.wait"] is False
    assert said["db.operation.batch.size"] == 4


def test_fifty_threads_keep_their_own_headers(records: Any, remote: server.Server) -> None:
    client = client_of(remote)
    ids = {}

    def one(number: int) -> None:
        with vigie.span("request") as span:
            ids[f"c{number}"] = span.trace_id
            client.count(f"c{number}")

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(one, range(50)))
    sent = {
        request.path.split("/")[2]: request.headers["traceparent"].split("-")[1]
        for request in remote.requests
    }
    assert sent == ids and len(set(ids.values())) == 50
    assert sorted(parents(remote)) == sorted(
        span["span_id"] for span in records.spans if span["name"] != "request"
    )


def test_fifty_coroutines_keep_their_own_headers(records: Any, remote: server.Server) -> None:
    ids = {}

    async def one(client: Any, number: int) -> None:
        async with vigie.span("request") as span:
            ids[f"c{number}"] = span.trace_id
            await client.query_points(f"c{number}", query=QUERY)
            assert vigie.current_context().span_id == span.span_id

    async def all_of_them() -> None:
        client = async_client_of(remote)
        await asyncio.gather(*(one(client, number) for number in range(50)))

    asyncio.run(all_of_them())
    sent = {
        request.path.split("/")[2]: request.headers["traceparent"].split("-")[1]
        for request in remote.requests
    }
    assert sent == ids and len(set(ids.values())) == 50
    assert sorted(parents(remote)) == sorted(
        span["span_id"] for span in records.spans if span["name"] != "request"
    )


def test_an_async_span_ends_after_the_await(records: Any, remote: server.Server) -> None:
    answered = threading.Event()

    def slowly(request: server.Request) -> server.Answer:
        answered.wait(5)
        return server.usual(request)

    remote.answer = slowly

    async def call() -> None:
        client = async_client_of(remote)
        task = asyncio.ensure_future(client.query_points("docs", query=QUERY))
        while not remote.requests:
            await asyncio.sleep(0.01)
        assert records.spans == []
        answered.set()
        assert len((await task).points) == 3

    asyncio.run(call())
    assert records.spans[0]["attributes"]["db.response.returned_rows"] == 3


def test_a_cancelled_call_is_no_failure(records: Any, remote: server.Server) -> None:
    released = threading.Event()

    def slowly(request: server.Request) -> server.Answer:
        released.wait(5)
        return server.usual(request)

    remote.answer = slowly

    async def call() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(async_client_of(remote).count("docs"), 0.2)

    asyncio.run(call())
    released.set()
    assert records.spans[0]["status"] == "unset"
    assert records.spans[0]["attributes"]["error.type"] == "CancelledError"


def test_headers_that_the_program_has_set_stay(records: Any, remote: server.Server) -> None:
    own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with context_headers.headers({"traceparent": own, "x-request-id": "7"}):
        client_of(remote).count("docs")
    assert remote.requests[0].headers["traceparent"] == own
    assert remote.requests[0].headers["x-request-id"] == "7"
    client_of(remote).count("docs")
    assert remote.requests[1].headers["traceparent"] != own


def test_a_call_inside_of_a_call_has_its_own_header(records: Any, remote: server.Server) -> None:
    client = client_of(remote)

    def made() -> Iterator[models.PointStruct]:
        client.count("inner")
        yield models.PointStruct(id=1, vector=QUERY)

    client.upload_points("outer", made())
    spans = {span["span_id"]: span["name"] for span in records.spans}
    assert [spans[parent] for parent in parents(remote)] == ["count inner", "upsert outer"]


def test_a_status_is_the_error(records: Any, remote: server.Server) -> None:
    remote.answer = lambda _: server.failed(404, "Not found: Collection `s3cr3t` doesn't exist!")
    with pytest.raises(UnexpectedResponse, match="s3cr3t"):
        client_of(remote).count("docs")
    (span,) = records.spans
    assert span["status"] == "error" and span["status_message"] == "404 Not Found"
    assert span["attributes"]["error.type"] == span["attributes"]["db.response.status_code"] == "404"
    assert "s3cr3t" not in str(span)


def test_a_server_that_is_exhausted_says_when_to_come_back(records: Any, remote: server.Server) -> None:
    remote.answer = lambda _: server.failed(429, "slow down", retry_after="7")
    with pytest.raises(ResourceExhaustedResponse):
        client_of(remote).count("docs")
    said = records.spans[0]["attributes"]
    assert said["vigie.qdrant.retry_after"] == 7
    assert said["error.type"] == said["db.response.status_code"] == "429"


def test_phases_of_a_timeout(records: Any, remote: server.Server) -> None:
    released = threading.Event()
    remote.answer = lambda request: (released.wait(5), server.usual(request))[1]
    with pytest.raises(ResponseHandlingException):
        client_of(remote, timeout=1).count("reading")
    # A listener whose backlog is full takes no further connection.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        time.sleep(0.1)
        with pytest.raises(ResponseHandlingException):
            QdrantClient(
                url=f"http://127.0.0.1:{full.getsockname()[1]}", timeout=1, check_compatibility=False
            ).count("connecting")
        for filler in fillers:
            filler.close()
    limits = httpx.Limits(max_connections=1)
    client = client_of(remote, timeout=1, limits=limits)

    def hold() -> None:
        with pytest.raises(ResponseHandlingException):
            client.count("holding", timeout=3)

    holding = threading.Thread(target=hold)
    holding.start()
    while not any("holding" in request.path for request in remote.requests):
        time.sleep(0.01)
    with pytest.raises(ResponseHandlingException):
        client.count("waiting")
    released.set()
    holding.join()
    phases = {
        span["name"].split()[1]: span["attributes"].get("vigie.qdrant.timeout.phase")
        for span in records.spans
    }
    assert phases["reading"] == "read"
    assert phases["connecting"] == "connect"
    assert phases["waiting"] == "pool"


def test_a_call_of_two_requests_adds_them_up(records: Any, remote: server.Server) -> None:
    client_of(remote).recreate_collection(
        "docs", vectors_config=models.VectorParams(size=3, distance=models.Distance.COSINE)
    )
    said = records.spans[-1]["attributes"]
    assert said["vigie.qdrant.requests"] == len(remote.requests) == 2
    assert said["vigie.qdrant.server.duration"] == 0.005
    assert set(parents(remote)) == {records.spans[-1]["span_id"]}


def test_requests_outside_of_calls_are_left_alone(records: Any, remote: server.Server) -> None:
    client = client_of(remote)
    client.http.points_api.count_points("docs", count_request=models.CountRequest())
    assert records.spans == [] and "traceparent" not in remote.requests[0].headers
    vigie_qdrant.uninstrument()
    client.count("docs")
    assert records.spans == [] and "traceparent" not in remote.requests[1].headers


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (b'{"result":{"count":1},"status":"ok","time":0.0025}', 0.0025),
        (b'{"result":{"count":1},"status":"ok","time":1.5e-05}\n', 1.5e-05),
        (b'{"result":{"count":1},"status":"ok","time":0.5,"usage":{"hardware":{"cpu":3}}}', 0.5),
        (b'{"result":{"count":1},"status":"ok","time":0.5,"usage":null}', 0.5),
        (b'{"usage":{"hardware":{"cpu":3}},"time":0.25,"status":"ok","result":{"payload":{"time":9}}}', 0.25),
        (b'{"time":0.25,"status":"ok","result":{"time":9}}', 0.25),
        (b'{"status":"ok","result":{"time":9}}', None),
        (b'{"result":[{"payload":{"time":9}}]}', None),
        (b"", None),
    ],
)
def test_the_time_is_the_servers_own(body: bytes, seconds: float | None) -> None:
    assert server_seconds(body) == seconds
