"""Uploads to a server: one span an attempt, retries counted, generators read once, worker processes in the trace."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import server
import vigie
from conftest import client_of, points
from qdrant_client.http.exceptions import UnexpectedResponse

PROGRAM = """
import sys
import vigie, vigie_qdrant
from qdrant_client import QdrantClient, models

url, file, method = sys.argv[1:]
# Worker processes run this module again, up to its guard.
vigie.init(service="upload", outputs=[{"to": "file", "path": file}])

if __name__ == "__main__":
    vigie_qdrant.instrument()
    client = QdrantClient(url=url, check_compatibility=False)
    many = (models.PointStruct(id=i, vector=[1.0, 2.0]) for i in range(40))
    client.upload_points("docs", many, batch_size=10, parallel=2, method=method)
    vigie.shutdown()
"""


def ids_in(requests: list[server.Request]) -> list[int]:
    return sorted(point["id"] for request in requests for point in json.loads(request.body)["points"])


def test_a_generator_is_uploaded_whole_and_each_batch_is_a_span(records: Any, remote: server.Server) -> None:
    client_of(remote).upload_points("docs", (point for point in points(10)), batch_size=4)
    *attempts, upload = records.spans
    assert ids_in(remote.requests) == list(range(10))
    assert upload["name"] == "upload_points docs"
    assert upload["attributes"]["db.operation.batch.size"] == 10
    assert upload["attributes"]["vigie.qdrant.requests"] == 3
    assert upload["attributes"]["vigie.qdrant.request.bytes"] == sum(
        len(request.body) for request in remote.requests
    )
    assert [span["name"] for span in attempts] == ["upsert docs"] * 3
    assert [span["attributes"]["db.operation.batch.size"] for span in attempts] == [4, 4, 2]
    assert {span["parent_span_id"] for span in attempts} == {upload["span_id"]}
    sent = [request.headers["traceparent"].split("-")[2] for request in remote.requests]
    assert sent == [span["span_id"] for span in attempts]


def test_a_generator_is_not_read_ahead_of_the_client(installed: None, remote: server.Server) -> None:
    sent_before = []

    def made() -> Any:
        for point in points(6):
            sent_before.append(len(remote.requests))
            yield point

    client_of(remote).upload_points("docs", made(), batch_size=2)
    assert sent_before == [0, 0, 0, 1, 1, 2] or sent_before == [0, 0, 1, 1, 2, 2]


def test_retries_are_spans_and_counted(records: Any, remote: server.Server) -> None:
    answers = [server.failed(500, "s3cr3t"), server.failed(429, "slow", retry_after="1")]
    remote.answer = lambda request: answers.pop(0) if answers else server.usual(request)
    with pytest.warns(UserWarning, match="failed"):
        client_of(remote).upload_points("docs", points(3), wait=True)
    *attempts, upload = records.spans
    assert [span["attributes"]["vigie.qdrant.attempt"] for span in attempts] == [1, 2, 3]
    assert [span["attributes"].get("error.type") for span in attempts] == ["500", "429", None]
    assert [span["status"] for span in attempts] == ["error", "error", "unset"]
    assert attempts[1]["attributes"]["vigie.qdrant.retry_after"] == 1
    assert attempts[2]["attributes"]["vigie.qdrant.server.duration"] == 0.0025
    assert upload["status"] == "unset" and upload["attributes"]["vigie.qdrant.retries"] == 2
    assert upload["attributes"]["vigie.qdrant.wait"] is True
    assert "s3cr3t" not in str(records.lines)
    text = vigie.metrics_text()
    for reason in ("500", "429"):
        assert (
            f'vigie_qdrant_client_retries_total{{db_collection_name="docs",db_operation_name="upsert",error_type="{reason}"}} 1'
            in text
        )


def test_an_upload_that_is_given_up(records: Any, remote: server.Server) -> None:
    remote.answer = lambda _: server.failed(503, "away")
    with pytest.warns(UserWarning, match="Retrying"), pytest.raises(UnexpectedResponse):
        client_of(remote).upload_points("docs", points(3), max_retries=1)
    *attempts, upload = records.spans
    assert len(attempts) == 2
    assert upload["status"] == "error" and upload["attributes"]["error.type"] == "503"


def test_a_generator_that_raises_is_heard(records: Any, remote: server.Server) -> None:
    def broken() -> Any:
        yield from points(5)
        raise LookupError("source")

    with pytest.raises(LookupError, match="source"):
        client_of(remote).upload_points("docs", broken(), batch_size=2)
    upload = records.spans[-1]
    assert upload["attributes"]["error.type"] == "LookupError"
    assert upload["attributes"]["db.operation.batch.size"] == 5


@pytest.mark.parametrize("method", ["forkserver", "spawn"])
def test_worker_processes_are_part_of_the_trace(remote: server.Server, tmp_path: Path, method: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    file = tmp_path / "lines.jsonl"
    here = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, str(program), remote.url, str(file), method],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PYTHONPATH": str(here), "PATH": "/usr/bin"},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert ids_in(remote.requests) == list(range(40))
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    spans = [line for line in lines if line.get("kind") == "span"]
    (upload,) = [span for span in spans if span["name"] == "upload_points docs"]
    attempts = [span for span in spans if span["name"] == "upsert docs"]
    assert len(attempts) == 4
    assert {span["parent_span_id"] for span in attempts} == {upload["span_id"]}
    assert upload["pid"] not in {span["pid"] for span in attempts}
    assert upload["attributes"]["vigie.qdrant.parallel"] == 2
    assert upload["attributes"]["db.operation.batch.size"] == 40
    sent = {request.headers["traceparent"].split("-")[2] for request in remote.requests}
    assert sent == {span["span_id"] for span in attempts}
