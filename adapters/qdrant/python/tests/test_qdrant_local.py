"""Local mode: the same results, errors and arguments with the adapter as without."""

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy
import pytest
import vigie
import vigie_qdrant
from conftest import create, points
from qdrant_client import AsyncQdrantClient, QdrantClient, models
from vigie_qdrant import _attributes, _calls, _counting, _places

FILTER = models.Filter(
    must=[models.FieldCondition(key="city", match=models.MatchValue(value="s3cr3t-filter"))]
)


def scenario(client: QdrantClient) -> list[Any]:
    """Some of everything, by position and by name."""
    create(client)
    answers: list[Any] = [
        client.upsert("docs", points()),
        client.upload_points("docs", (point for point in points(9))),
        client.upload_collection(
            "docs", vectors=numpy.eye(3), payload=[{"n": i} for i in range(3)], ids=iter(range(20, 23))
        ),
        client.count("docs"),
        client.query_points("docs", [0.1, 0.2, 0.3], limit=3, score_threshold=0.1),
        client.query_points("docs", query=3, query_filter=FILTER),
        client.query_batch_points("docs", [models.QueryRequest(query=[0.1, 0.2, 0.3], limit=2)] * 3),
        client.query_points_groups("docs", "city", query=[0.1, 0.2, 0.3]),
        client.scroll("docs", limit=2),
        client.retrieve("docs", [1, 2, 99]),
        client.facet("docs", "city"),
        client.set_payload("docs", {"a": 1}, points=[1]),
        client.delete("docs", models.PointIdsList(points=[1, 2])),
        client.get_collections(),
        client.collection_exists("docs"),
        len(client.search_matrix_pairs("docs", sample=100, limit=2).pairs),
    ]
    for wrong in (lambda: client.count("absent"), lambda: client.query_points("docs", nonsense=1)):
        try:
            wrong()
        except Exception as error:
            answers.append((type(error), str(error)))
    return answers


def test_a_scenario_gives_the_same(installed: None) -> None:
    within = scenario(QdrantClient(":memory:"))
    vigie_qdrant.uninstrument()
    assert within == scenario(QdrantClient(":memory:"))


def test_the_spans_of_a_scenario(records: Any) -> None:
    scenario(QdrantClient(":memory:"))
    spans = {span["name"]: span["attributes"] for span in records.spans}
    query = spans["query_points docs"]
    assert len(records.spans) == 19
    assert spans["query_batch_points docs"]["db.operation.batch.size"] == 3
    assert spans["query_batch_points docs"]["db.response.returned_rows"] == 6
    assert spans["upload_collection docs"]["db.operation.batch.size"] == 3
    assert spans["delete docs"]["db.operation.batch.size"] == 2
    assert spans["retrieve docs"]["db.response.returned_rows"] == 2
    assert spans["get_collections"]["db.response.returned_rows"] == 1
    assert query["db.system.name"] == "qdrant"
    assert query["vigie.qdrant.transport"] == "local"
    assert "server.address" not in query


def test_what_a_search_says(records: Any, local: QdrantClient) -> None:
    local.query_points(
        "docs",
        query=[1.0, 1.0, 1.0],
        query_filter=models.Filter(must=[models.HasIdCondition(has_id=[1, 2, 3])]),
        search_params=models.SearchParams(hnsw_ef=64, exact=True),
        limit=2,
        score_threshold=0.25,
    )
    said = records.spans[-1]["attributes"]
    assert records.spans[-1]["span_kind"] == "client"
    assert {
        key: value for key, value in said.items() if key.startswith("db.vector.") and "score." not in key
    } == {
        "db.vector.top_k": 2,
        "db.vector.dimension": 3,
        "db.vector.score_threshold": 0.25,
        "db.vector.filter.present": True,
        "db.vector.filter.shape": said["db.vector.filter.shape"],
        "db.vector.hnsw_ef": 64,
        "db.vector.exact": True,
    }
    assert said["db.vector.score.max"] > said["db.vector.score.min"] > 0.8
    assert said["db.response.returned_rows"] == 2


def test_nothing_of_what_was_stored_or_asked_is_recorded(records: Any, local: QdrantClient) -> None:
    local.query_points("docs", query=[0.123456, 1.0, 1.0], query_filter=FILTER)
    local.set_payload("docs", {"note": "s3cr3t-note"}, points=FILTER)
    with pytest.raises(Exception, match="s3cr3t"):
        local.upsert("docs", [models.PointStruct(id=1, vector="s3cr3t-vector")])  # type: ignore[arg-type]  # refused by the client
    with pytest.raises(ValueError, match="s3cr3t-name"):
        local.query_points("docs", query=[1.0, 1.0, 1.0], using="s3cr3t-name")
    vigie.flush()
    text = "\n".join(records.lines)
    assert "query_points docs" in text
    # The name of a vector is an attribute, and is in no error's text.
    assert text.count("s3cr3t") == text.count('"db.vector.using":"s3cr3t-name"') == 1
    assert "0.123456" not in text


def test_generators_are_counted_as_they_are_read(records: Any, local: QdrantClient) -> None:
    read = []

    def made() -> Iterator[models.PointStruct]:
        for point in points(7):
            read.append(point.id)
            yield point

    local.upload_points("docs", made())
    assert read == list(range(7))
    assert records.spans[-1]["attributes"]["db.operation.batch.size"] == 7


def test_what_can_be_read_again_and_what_has_a_length_stay_what_they_are() -> None:
    class Again:
        def __iter__(self) -> Iterator[int]:
            return iter((1, 2, 3))

    again = _counting.counted(Again())
    assert again is not None and list(again) == list(again) == [1, 2, 3] and again.count == 3
    assert _counting.counted([1]) is None
    assert _counting.counted(numpy.zeros((2, 2))) is None
    assert _counting.size_of(numpy.zeros((2, 3))) == 2
    assert _counting.size_of({"a": numpy.zeros((4, 3))}) == 4
    assert _counting.size_of(models.Batch(ids=[1, 2], vectors=[[1.0], [2.0]])) == 2
    assert _counting.size_of(range(3)) is None


def test_an_error_has_its_type_and_no_text(records: Any, local: QdrantClient) -> None:
    with pytest.raises(ValueError, match="Collection absent not found"):
        local.count("absent")
    (span,) = [span for span in records.spans if span["name"] == "count absent"]
    assert span["status"] == "error"
    assert span["attributes"]["error.type"] == "ValueError"
    assert "not found" not in str(span)
    assert 'vigie_qdrant_client_errors_total{db_collection_name="absent"' in vigie.metrics_text()


def test_methods_keep_their_signatures_and_come_back(installed: None) -> None:
    for client in (QdrantClient, AsyncQdrantClient):
        within = {name: getattr(client, name) for name in dir(client) if not name.startswith("_")}
        vigie_qdrant.instrument()
        assert within == {name: getattr(client, name) for name in within}
        vigie_qdrant.uninstrument()
        vigie_qdrant.uninstrument()
        for name, method in within.items():
            original = getattr(client, name)
            if inspect.isfunction(original):
                assert inspect.signature(method) == inspect.signature(original)
                assert inspect.iscoroutinefunction(method) == inspect.iscoroutinefunction(original)
                assert not hasattr(original, "__wrapped__")
        vigie_qdrant.instrument()


def test_under_another_wrapper_it_is_silent_and_not_put_in_twice(local: QdrantClient) -> None:
    vigie_qdrant.instrument()
    ours = QdrantClient.count
    QdrantClient.count = lambda self, *args, **kwargs: ours(self, *args, **kwargs)  # type: ignore[method-assign]  # as another library wraps it
    try:
        vigie_qdrant.uninstrument()
        with vigie.testing.capture() as records:
            assert local.count("docs").count == 5
        assert records.spans == []
        vigie_qdrant.instrument()
        with vigie.testing.capture() as records:
            local.count("docs")
        assert len(records.spans) == 1
    finally:
        QdrantClient.count = ours  # type: ignore[method-assign]  # and back
        vigie_qdrant.uninstrument()
    assert not hasattr(QdrantClient.count, "__wrapped__")


@pytest.mark.parametrize(("module", "name"), [(_places, "of"), (_attributes, "of_answer")])
def test_a_fault_of_the_adapter_never_reaches_the_call(
    local: QdrantClient, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    vigie_qdrant.instrument()
    monkeypatch.setattr(module, name, broken)
    before = sum(vigie_qdrant.faults().values())
    current = vigie.current_context().span_id
    assert local.count("docs").count == 5
    assert sum(vigie_qdrant.faults().values()) == before + 1
    assert vigie.current_context().span_id == current
    vigie_qdrant.uninstrument()
    assert "vigie_qdrant_adapter_faults_total{" in vigie.metrics_text()


def test_a_method_that_is_newer_than_the_table_is_recorded(
    records: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    vigie_qdrant.uninstrument()
    monkeypatch.setattr(QdrantClient, "vanish", lambda _self, collection_name: collection_name, raising=False)
    vigie_qdrant.instrument()
    assert QdrantClient(":memory:").vanish("docs") == "docs"  # type: ignore[attr-defined]  # added by the test
    assert records.spans[-1]["name"] == "vanish docs"
    vigie_qdrant.uninstrument()


def test_collections_are_a_bounded_label(installed: None, local: QdrantClient) -> None:
    for number in range(300):
        local.collection_exists(f"tenant-{number}")
    text = vigie.metrics_text()
    lines = [line for line in text.splitlines() if line.startswith("db_client_operation_duration_count")]
    assert len(lines) < 300
    assert any('db_collection_name="[other]"' in line for line in lines)


def test_calls_below_a_span_are_its_children(records: Any, local: QdrantClient) -> None:
    with vigie.span("request") as span:
        local.count("docs")
        assert vigie.current_context().span_id == span.span_id
    assert records.spans[-2]["parent_span_id"] == span.span_id


def test_the_state_is_what_uninstrument_left() -> None:
    assert _calls.State.active is False
