"""The vectors themselves: lines that the schema accepts, slips that no driver would notice, a table of coverage that is true.

Not for playing them: `cargo xtask conformance` does.
"""

import json
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

HERE = pathlib.Path(__file__).parent
REPOSITORY = HERE.parent.parent
VECTORS = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted((HERE / "vectors").glob("*.json"))
}
COVERAGE = (HERE / "COVERAGE.md").read_text("utf-8")
SCHEMA = json.loads((REPOSITORY / "core/schema/vigie.v1.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def lines(vector: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The unified lines that are expected. Requests of OTLP have the schema of that protocol."""
    if any(output.get("format") == "otlp-json" for output in vector["config"].get("outputs", [])):
        return
    for line in vector["expected"]:
        parts = [line] if isinstance(line, str) else line
        yield json.loads("".join(part if isinstance(part, str) else part[0] * part[1] for part in parts))


def test_there_are_enough() -> None:
    assert len(VECTORS) >= 60


# Of other formats than JSON lines: what these send arrives as datagrams.
OTHERS = [name for name, vector in VECTORS.items() if "unix:$OUT" in json.dumps(vector["config"])]


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_has_its_name_a_reason_and_steps(name: str) -> None:
    vector = VECTORS[name]
    assert vector["name"] == name and vector["why"] and vector["steps"]


@pytest.mark.parametrize("name", sorted(VECTORS.keys() - OTHERS))
def test_expected_lines_are_valid(name: str) -> None:
    for line in lines(VECTORS[name]):
        VALIDATOR.validate(line)


@pytest.mark.parametrize("name", sorted(VECTORS.keys() - OTHERS))
def test_keys_stand_in_the_order_of_the_schema(name: str) -> None:
    for line in lines(VECTORS[name]):
        kind = f"{line.get('kind', 'log')}_line"
        order = [key for key in SCHEMA["$defs"][kind]["properties"] if key != "error"]
        places = [order.index(key) for key in line if key in order]
        assert places == sorted(places), line
        assert "error" not in line or list(line)[-1] == "error"


def test_numbers_are_unique() -> None:
    numbers = [name[:3] for name in VECTORS]
    assert len(set(numbers)) == len(numbers)


def named() -> list[str]:
    return re.findall(r"`([^`]+)`", COVERAGE)


def test_every_vector_is_named_in_the_coverage() -> None:
    assert set(VECTORS) - set(named()) == set()


def test_what_the_coverage_names_exists() -> None:
    for name in named():
        if re.match(r"\d{3}-", name):
            assert name in VECTORS, name
        elif ": " in name and "/" in name:
            path, test = name.split(": ")
            assert re.search(rf"\b{re.escape(test)}\b", (REPOSITORY / path).read_text("utf-8")), name
