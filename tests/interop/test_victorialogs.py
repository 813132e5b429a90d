"""A real VictoriaLogs takes lines in all three wrappings, and has every one of them as the file beside has it.

`ndjson` through its own interface, `bulk` through that of Elasticsearch, `loki` through that of Loki.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from programs import run
from recorded import HOSTILE, SOURCES
from serving import built, free_port, serving, text, until

READS = "_stream_fields=service&_time_field=timestamp&_msg_field=message"
# Loki's labels are the stream; an entry is kept as it is.
PATHS = {
    "ndjson": f"/insert/jsonline?{READS}",
    "bulk": f"/insert/elasticsearch/_bulk?{READS}",
    "loki": "/insert/loki/api/v1/push?disable_message_parsing=1",
}
# What VictoriaLogs makes of a record itself.
ITS_OWN = ("_stream", "_stream_id", "by")
NO_MESSAGE = (
    "missing _msg field; see https://docs.victoriametrics.com/victorialogs/keyconcepts/#message-field"
)

PROGRAMS = {**SOURCES, "hostile": HOSTILE}


@pytest.fixture(scope="module")
def victorialogs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("victorialogs"), free_port()
    options = {"httpListenAddr": f"127.0.0.1:{port}", "storageDataPath": str(folder / "data")}
    # The clock of the programs stands in the past.
    options |= {"retentionPeriod": "100y", "loggerLevel": "WARN"}
    command = [built("victoria-logs"), *(f"-{key}={value}" for key, value in options.items())]
    with serving(command, port, folder) as url:
        yield url
    assert (folder / "victoria-logs.log").read_text() == "", "it has complained of nothing"


def plain(line: str) -> Any:
    """A line with its numbers as they are written: VictoriaLogs keeps texts."""
    return json.loads(line, parse_int=str, parse_float=str)


def fields(members: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """What VictoriaLogs says that it keeps: members of members by a path, nothing that is empty."""
    for key, value in members.items():
        match value:
            case dict():
                yield from fields(value, f"{above}{key}.")
            case None | "":
                pass
            case True | False:
                yield above + key, str(value).lower()
            case _:
                yield above + key, value


def expected(line: str) -> dict[str, Any]:
    """A line as a record of VictoriaLogs."""
    kept = dict(fields(plain(line)))
    return {"_time": time(kept.pop("timestamp")), "_msg": kept.pop("message", NO_MESSAGE), **kept}


def place(record: dict[str, Any]) -> tuple[str, str, str]:
    """What no two records have in common: metric points have the time of their collection."""
    return time(record["_time"]), record.get("name", ""), record.get("attributes.of", "")


def seen(record: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    """A record of VictoriaLogs; lists, which it keeps as JSON, where the line has one."""
    values = {key: value for key, value in record.items() if key not in ITS_OWN}
    decoded = {key: plain(value) for key, value in values.items() if isinstance(like.get(key), list)}
    return {**values, **decoded, "_time": time(record["_time"])}


def time(stamp: str) -> str:
    """With all nine digits; VictoriaLogs leaves out the zeros at the end."""
    seconds, _, fraction = stamp.removesuffix("Z").partition(".")
    return f"{seconds}.{fraction:0<9}"


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_every_line_is_there_as_the_file_has_it(
    program: str, compression: str, victorialogs: str, tmp_path: Path
) -> None:
    by = {wrapping: f"{wrapping}-{program}-{compression}" for wrapping in PATHS}
    common = {"to": "http", "signals": ["logs", "spans", "metrics"], "compression": compression}
    outputs = [
        {**common, "format": wrapping, "url": f"{victorialogs}{path}&extra_fields=by={by[wrapping]}"}
        for wrapping, path in PATHS.items()
    ]
    config = {
        "service": "shop",
        "level": "trace",
        "outputs": [{"to": "file", "path": "lines.jsonl"}, *outputs],
        "testing": {"clock": "2026-01-02T03:04:05Z", "step": "1ms", "ids": 1, "host": "h", "pid": 7},
    }
    language = "python" if program == "hostile" else program
    run(language, PROGRAMS[program], tmp_path, json.dumps(config))
    lines = (tmp_path / "lines.jsonl").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    wanted = sorted(map(expected, lines), key=place)

    def records(wrapping: str) -> list[dict[str, Any]]:
        def ask() -> list[dict[str, Any]] | None:
            answer = text(f"{victorialogs}/select/logsql/query", query=f"by:={by[wrapping]}")
            found = [json.loads(line) for line in answer.split("\n") if line]
            return found if len(found) >= len(lines) else None

        return until(f"{len(lines)} records of {wrapping}", ask)

    for wrapping in ("ndjson", "bulk"):
        found = sorted(records(wrapping), key=place)
        assert [seen(one, like) for one, like in zip(found, wanted, strict=True)] == wanted
        assert {one["_stream"] for one in found} == {'{service="shop"}'}

    entries = records("loki")
    assert sorted(entry["_msg"] for entry in entries) == sorted(lines), "byte for byte"
    for entry in entries:
        line = plain(entry["_msg"])
        assert time(entry["_time"]) == time(line["timestamp"])
        labels = {key: line[key] for key in ("level", "service") if key in line}
        assert entry["_stream"] == "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}"
