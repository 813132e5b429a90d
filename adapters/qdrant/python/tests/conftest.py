"""What the tests share: the adapter installed, what it records, and a server that answers as Qdrant does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import server
import vigie
import vigie_qdrant
from health import Health
from qdrant_client import AsyncQdrantClient, QdrantClient, models


@pytest.fixture(scope="session", autouse=True)
def _started() -> None:
    vigie.init(service="tests", outputs=[{"to": "null"}])


@pytest.fixture
def installed() -> Iterator[None]:
    vigie_qdrant.instrument()
    before = vigie_qdrant.faults()
    yield
    vigie_qdrant.uninstrument()
    assert vigie_qdrant.faults() == before


@pytest.fixture
def records(installed: None) -> Iterator[Any]:
    with vigie.testing.capture() as found:
        yield found


@pytest.fixture
def health(tmp_path: Path) -> Health:
    """What a server says of itself, to be changed by the test."""
    return Health(tmp_path)


@pytest.fixture
def running(health: Health) -> Iterator[server.Server]:
    """A server that says it."""
    with server.Server(health) as found:
        yield found


@pytest.fixture
def local() -> QdrantClient:
    """A client with an engine in process and five points."""
    client = QdrantClient(":memory:")
    create(client)
    client.upsert("docs", points())
    return client


@pytest.fixture
def remote() -> Iterator[server.Server]:
    with server.Server() as running:
        yield running


def create(client: QdrantClient) -> None:
    client.create_collection(
        "docs", vectors_config=models.VectorParams(size=3, distance=models.Distance.COSINE)
    )


def points(count: int = 5) -> list[models.PointStruct]:
    return [
        models.PointStruct(id=i, vector=[float(i), 1.0, 1.0], payload={"city": "s3cr3t-payload"})
        for i in range(count)
    ]


def client_of(remote: server.Server, **options: Any) -> QdrantClient:
    return QdrantClient(url=remote.url, check_compatibility=False, **options)


def async_client_of(remote: server.Server, **options: Any) -> AsyncQdrantClient:
    return AsyncQdrantClient(url=remote.url, check_compatibility=False, **options)
