"""The exporter against what a server says of itself: each metric, each diagnosis, and what happens when parts are away."""

import math
import time
from pathlib import Path
from typing import Any

import pytest
import vigie
from health import Health
from server import Server
from vigie_qdrant import Canary, Exporter
from vigie_qdrant.exporter.collections import Collections
from vigie_qdrant.exporter.diagnosis import diagnose, spoken
from vigie_qdrant.exporter.exposition import Deltas, quantile, read
from vigie_qdrant.exporter.gauges import TEXTS
from vigie_qdrant.exporter.requests import Requests
from vigie_qdrant.exporter.server import Server as Asked

ADAPTER = Path(__file__).parent.parent.parent


def shown(server: Server) -> dict[str, float]:
    """The exporter's series of this server, without that label, as `name{other="labels"}`."""
    own = f'server="127.0.0.1:{server.port}"'
    found = {}
    for line in vigie.metrics_text().splitlines():
        if own in line and line.startswith("vigie_qdrant_"):
            key, value = line.rsplit(" ", 1)
            name, _, labels = key.partition("{")
            others = sorted(part for part in labels[:-1].split('",') if own[:-1] not in part)
            name = name.removeprefix("vigie_qdrant_")
            found[name + "".join(f" {label.strip(chr(34))}".replace('="', "=") for label in others)] = float(
                value
            )
    return found


def test_one_scrape_says_everything_that_the_server_does(health: Health, running: Server) -> None:
    canary = Canary("first", "docs", health.vectors[3], ids=[3])
    exporter = Exporter(running.url, canaries=[canary], api_key="s3cr3t")
    assert exporter.scrape()
    health.counts = {"ok": 190, "bad": 10, "fast": 145}
    health.term = 4
    assert exporter.scrape()
    found = shown(running)
    expected = {
        "up": 1,
        "recovery_mode": 0,
        "collections": 1,
        "memory_resident": 2**30,
        "memory_ratio": 0.25,
        "open_fds_ratio": 0.2,
        "request_error_ratio": 0.1,
        "cluster_peers": 2,
        "cluster_consensus_working": 1,
        "cluster_term_changes": 1,
        "cluster_pending_operations": 2,
        "cluster_send_failures": 4,
        "collection_status collection=docs": 0,
        "collection_points collection=docs": 1000,
        "collection_points_drop collection=docs": 0,
        "collection_segments collection=docs": 4,
        "collection_optimizer_ok collection=docs": 1,
        "collection_indexed_ratio collection=docs": 1,
        "collection_indexing_remaining collection=docs": 0,
        "collection_update_queue collection=docs": 0,
        "collection_replicas_missing collection=docs": 1,
        "collection_replicas_dead collection=docs": 1,
        "collection_schema_changes collection=docs": 0,
        "slow_request_max collection=docs request=core_search": 0.7,
        "slow_request_count collection=docs request=core_search": 4,
        "canary_recall canary=first collection=docs": 1,
        "canary_known canary=first collection=docs": 1,
        "canary_score_drift canary=first collection=docs": 0,
        "canary_empty_ratio collection=docs": 0,
    }
    assert {name: found.get(name) for name in expected} == expected
    query = "request_quantile endpoint=POST /collections/{name}/points/query"
    assert found[f"{query} quantile=0.5"] == pytest.approx(0.1)
    assert 0.9 < found[f"{query} quantile=0.95"] < 1
    assert found["mmaps_ratio"] == pytest.approx(600 / 65530)
    assert exporter.diagnoses == {}
    assert running.requests[0].headers["api-key"] == "s3cr3t"
    assert "s3cr3t" not in vigie.metrics_text()


def test_search_quality(health: Health, running: Server) -> None:
    canaries = [Canary("near", "docs", health.vectors[3], ids=[3, 4000], limit=10)]
    exporter = Exporter(running.url, canaries=canaries)
    exporter.scrape()
    health.lossy = True
    exporter.scrape()
    found = shown(running)
    assert found["canary_recall canary=near collection=docs"] == 0.5
    assert found["canary_known canary=near collection=docs"] == 0
    assert found["canary_score_drift canary=near collection=docs"] < -0.1


def test_parts_that_are_away_leave_the_others_alone(health: Health, running: Server) -> None:
    exporter = Exporter(running.url)
    exporter.scrape()
    health.away = {"/cluster", "/telemetry"}
    health.info["points_count"] = 1200
    assert exporter.scrape()
    found = shown(running)
    assert found["collection_points collection=docs"] == 1200
    assert found["cluster_peers"] == 2
    assert found["scrape_errors_total part=cluster reason=503"] == 1
    health.away = {"/metrics"}
    exporter.scrape()
    assert shown(running)["up"] == 0
    health.away = set()
    exporter.scrape()
    assert shown(running)["up"] == 1


def test_a_server_that_is_away_and_one_that_is_none() -> None:
    with Server(lambda _: Health.__call__) as other:  # type: ignore[arg-type, return-value]  # no answer at all
        assert Exporter(other.url, timeout=2).scrape() is False
        assert shown(other)["scrape_errors_total part=metrics reason=connection"] == 1


def test_lost_points_a_new_schema_and_a_collection_that_has_gone(health: Health, running: Server) -> None:
    exporter = Exporter(running.url)
    exporter.scrape()
    health.info["points_count"] = 600
    health.info["config"]["params"]["vectors"] = {"size": 32, "distance": "Cosine"}
    exporter.scrape()
    found = shown(running)
    assert found["collection_points_drop collection=docs"] == pytest.approx(0.4)
    assert found["collection_schema_changes collection=docs"] == 1
    health.names = ["vanishing"]
    exporter.scrape()
    assert math.isnan(shown(running)["collection_points collection=docs"])
    assert shown(running)["collections"] == 1


def test_indexing_has_a_time_to_go_and_a_diagnosis(health: Health, running: Server) -> None:
    collections = Collections(Asked(running.url))
    health.info |= {"status": "yellow", "points_count": 10_000, "indexed_vectors_count": 1000}
    health.optimizations = {
        "running": [{"optimizer": "indexing"}, {"optimizer": "merge"}],
        "summary": {"queued_optimizations": 3, "queued_points": 5000},
    }
    collections.series(now=100.0)
    assert collections.words["docs"].endswith("9000 vectors are not indexed yet.")
    assert not [name for name, _ in collections.series(now=130.0) if name == "collection.indexing.eta"]
    assert collections.words["docs"].endswith("not indexed yet, and none was in the last minutes.")
    health.info["indexed_vectors_count"] = 4000
    found = collections.series(now=160.0)
    assert found["collection.indexing.eta", (("collection", "docs"),)] == 120
    assert found["collection.status.time", (("collection", "docs"),)] == 60
    assert collections.words["docs"] == (
        "Yellow: 2 optimizations at work (indexing, merge), 3 more wait with 5000 points; "
        "6000 vectors are not indexed yet, about 2 min to go."
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "green"}, ""),
        ({"status": "grey"}, "Any update of the collection does"),
        (
            {"status": "grey", "config": {"optimizer_config": {"max_optimization_threads": 0}}},
            "max_optimization_threads is 0",
        ),
        (
            {"status": "red", "optimizer_status": {"error": "no space left"}},
            "The optimizer reports: no space left.",
        ),
        ({"status": "yellow"}, "about to begin"),
        ({"status": "green", "warnings": [{"message": "old index"}]}, "The server warns: old index."),
        ({"status": "green", "update_queue": {"length": 7}}, "7 updates wait"),
        ({"status": "green", "update_queue": {"length": 0, "deferred_points": 9}}, "9 points are not seen"),
    ],
)
def test_diagnoses(changes: dict[str, Any], words: str) -> None:
    found = diagnose(changes, None, None, None)
    assert words in found and bool(words) == bool(found)


def test_a_change_is_a_log_record_and_so_is_the_end(health: Health, running: Server) -> None:
    exporter = Exporter(running.url)
    with vigie.testing.capture() as records:
        for status in ("grey", "grey", "green"):
            health.info["status"] = status
            exporter.scrape()
    first, last = [line for line in records.logs if line.get("event") == "qdrant.collection"]
    assert (first["level"], first["collection"]) == ("WARN", "docs") and first["message"].startswith(
        "docs: Grey"
    )
    assert (last["level"], last["message"]) == ("INFO", "docs is well again")


def test_it_scrapes_until_it_is_stopped(health: Health, running: Server) -> None:
    exporter = Exporter(running.url, every=0.05)
    assert exporter.start() is exporter.start()
    deadline = time.monotonic() + 20
    while sum(request.path == "/metrics" for request in running.requests) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    exporter.stop()
    seen = len(running.requests)
    time.sleep(0.3)
    assert len(running.requests) == seen > 10


def test_one_part_does_not_wait_for_another(health: Health, running: Server) -> None:
    plain = running.answer

    def slow(request: Any) -> Any:
        if request.path == "/cluster":
            time.sleep(2)
        return plain(request)

    running.answer = slow
    exporter = Exporter(running.url, every=0.05, timeout=5).start()
    time.sleep(1.5)
    exporter.stop(0)
    assert sum(request.path == "/cluster" for request in running.requests) == 1
    assert sum(request.path == "/metrics" for request in running.requests) >= 3


def test_counters_that_begin_anew_and_series_that_are_new() -> None:
    deltas = Deltas()
    for text, grown in [
        ("a 5\n", [0]),
        ("a 7\n", [2]),
        ("a 3\n", [3]),
        ('a 3\na{x="1"} 2\n', [0, 2]),
    ]:
        assert [sample.value for sample in deltas.of(read(text), ["a"])["a"]] == grown


def test_quantiles_are_those_of_prometheus() -> None:
    assert quantile([(0.1, 50), (1.0, 100), (math.inf, 100)], 0.5) == pytest.approx(0.1)
    assert quantile([(0.1, 0), (1.0, 100), (math.inf, 100)], 0.5) == pytest.approx(0.55)
    assert quantile([(0.1, 0), (math.inf, 100)], 0.99) == 0.1
    assert quantile([(0.1, 0), (math.inf, 0)], 0.5) is None
    assert quantile([], 0.5) is None


def test_a_snapshot_that_does_not_end_is_seen_by_its_time() -> None:
    requests = Requests("q_")
    text = 'q_snapshot_creation_running{id="docs"} 1\n'
    requests.series(text, now=10.0)
    key = ("snapshot.running.time", (("collection", "docs"),))
    assert requests.series(text, now=75.0)[key] == 65
    assert requests.series(text.replace("} 1", "} 0"), now=80.0)[key] == 0


def test_times_are_spoken() -> None:
    assert [spoken(45), spoken(720), spoken(12_600)] == ["45 s", "12 min", "3.5 h"]


@pytest.mark.parametrize("wrong", [{"url": "ftp://x"}, {"url": "http://"}, {"url": "http://x", "every": 0}])
def test_settings_that_cannot_be_used_are_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"url|every"):
        Exporter(**wrong)


def test_every_metric_has_its_place_in_the_readme() -> None:
    text = (ADAPTER / "python" / "README.md").read_text()
    assert [name for name in TEXTS if f"`{name}`" not in text] == []
