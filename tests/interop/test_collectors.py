"""Real collectors receive OTLP from programs of several languages and hand on what they recorded.

rotel by protobuf alone: it reads JSON by the types of opentelemetry-proto, which take neither an empty AnyValue nor a
double by its name, and no point's integer as text. The OpenTelemetry Collector reads both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from collector import INSTALL, agent, opentelemetry, running
from programs import run
from recorded import (
    COUNTS,
    EXPECTED_METRICS,
    EXPECTED_SPAN,
    HOSTILE,
    HOSTILE_COUNTS,
    SOURCES,
    expected_logs,
)
from serving import built

pytest.importorskip("opentelemetry.proto", reason=f"opentelemetry-proto is missing; enable with: {INSTALL}")
from receiver import Receiver


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    listening = Receiver()
    yield listening
    listening.close()


@pytest.fixture(scope="module")
def rotel(receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a rotel that hands everything on to the receiver."""
    program = agent()
    if program is None:
        pytest.skip(f"rotel is not installed; enable with: {INSTALL}")
    with running(program, receiver.url, tmp_path_factory.mktemp("rotel")) as url:
        yield url


@pytest.fixture(scope="module")
def collector(receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an OpenTelemetry Collector that does the same."""
    with opentelemetry(built("collector"), receiver.url, tmp_path_factory.mktemp("collector")) as url:
        yield url


def config(service: str, url: str, protocol: str, compression: str) -> str:
    settings = {
        "service": service,
        "version": "1.4.2",
        "level": "trace",
        "outputs": [{"to": "otlp", "url": url, "protocol": protocol, "compression": compression}],
        "testing": {"clock": "2026-01-02T03:04:05Z", "step": "1ms", "ids": 1, "host": "h", "pid": 7},
    }
    return json.dumps(settings)


@pytest.mark.parametrize("language", SOURCES)
@pytest.mark.parametrize("compression", ["gzip", "none"])
@pytest.mark.parametrize(
    ("through", "protocol"), [("rotel", "protobuf"), ("collector", "protobuf"), ("collector", "json")]
)
def test_what_was_recorded_comes_out_of_a_collector(
    language: str,
    compression: str,
    through: str,
    protocol: str,
    receiver: Receiver,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    url: str = request.getfixturevalue(through)
    service = f"shop-{language}-{compression}-{through}-{protocol}"
    run(language, SOURCES[language], tmp_path, config(service, url, protocol, compression))
    arrived = receiver.wait(service, COUNTS)
    assert arrived["resource"]["service.version"] == {"string": "1.4.2"}
    assert arrived["resource"]["process.pid"] == {"int": 7}
    assert arrived["logs"] == expected_logs(language)
    assert arrived["spans"] == [EXPECTED_SPAN]
    assert sorted(arrived["metrics"], key=lambda metric: str(metric["name"])) == EXPECTED_METRICS


def test_a_collector_reads_the_same_from_json_as_from_protobuf(
    collector: str, receiver: Receiver, tmp_path: Path
) -> None:
    arrived = {}
    for protocol in ("protobuf", "json"):
        service = f"hostile-{protocol}"
        run("python", HOSTILE, tmp_path, config(service, collector, protocol, "none"))
        kept = receiver.wait(service, HOSTILE_COUNTS)
        assert {signal: len(kept[signal]) for signal in HOSTILE_COUNTS} == HOSTILE_COUNTS
        assert kept["resource"].pop("service.name") == {"string": service}
        # Requests follow one another, and those of a failed one may come later.
        arrived[protocol] = {key: sorted(map(repr, kept[key])) for key in HOSTILE_COUNTS} | {
            "resource": kept["resource"]
        }
    assert arrived["json"] == arrived["protobuf"]
