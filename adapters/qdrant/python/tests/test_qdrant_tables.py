"""The tables: both languages' are made from one file, the client has what they name, and shapes are one for both."""

import datetime
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from qdrant_client import AsyncQdrantClient, QdrantClient, models
from vigie_qdrant import _methods
from vigie_qdrant._names import OPERATIONS
from vigie_qdrant._shape import hash_of, shape_of

ADAPTER = Path(__file__).parent.parent.parent
WORKSPACE = ADAPTER.parent.parent / "Cargo.toml"
PATHS = {**os.environ, "PYTHONPATH": str(ADAPTER / "python")}
SHAPES = json.loads((ADAPTER / "shapes.json").read_text())


def test_both_tables_are_what_the_one_file_says() -> None:
    done = subprocess.run(
        [sys.executable, str(ADAPTER / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("client", [QdrantClient, AsyncQdrantClient])
def test_every_method_of_the_client_is_in_the_table_and_back(client: type) -> None:
    assert {name for name, _ in _methods.operations_of(client)} == set(OPERATIONS)


@pytest.mark.parametrize("client", [QdrantClient, AsyncQdrantClient])
def test_the_arguments_that_the_table_names_are_there(client: type) -> None:
    for name, method in _methods.operations_of(client):
        code = method.__code__
        parameters = code.co_varnames[: code.co_argcount]
        operation = OPERATIONS[name]
        assert {operation.filter, operation.items} - {None} <= set(parameters), name


@pytest.mark.parametrize("case", SHAPES, ids=lambda case: case["shape"])
def test_shapes_of_plain_filters_and_of_models(case: dict[str, object]) -> None:
    given = models.Filter.model_validate(case["filter"])
    assert shape_of(case["filter"]) == case["shape"]
    assert shape_of(given) == case["shape"]
    assert hash_of(given) == hashlib.sha256(str(case["shape"]).encode()).hexdigest()[:16]


def test_what_a_model_was_not_given_is_no_part_of_its_shape_and_what_it_is_given_later_is() -> None:
    condition = models.FieldCondition(key="n", range=None)
    assert shape_of(condition) == "{key=n}"
    condition.range = models.Range(gte=2)
    assert shape_of(condition) == "{key=n,range:{gte:n}}"
    assert shape_of(models.Filter.model_construct(must=[condition])) == "{must:[{key=n,range:{gte:n}}]}"


def test_a_key_that_is_more_than_a_plain_text_is_named_too() -> None:
    class Key(str):
        """Names of fields are often kept in an enumeration."""

    assert (
        shape_of({"must": [{"key": Key("city"), "match": {"value": 1}}]})
        == "{must:[{key=city,match:{value:n}}]}"
    )


def test_shapes_have_no_values_and_an_end() -> None:
    when = models.DatetimeRange(gt=datetime.datetime(2026, 1, 1))
    assert shape_of(models.FieldCondition(key="at", range=when)) == "{key=at,range:{gt:s}}"
    deep: dict[str, object] = {}
    for _ in range(100):
        deep = {"must": [deep]}
    assert len(shape_of(deep)) < 200
    assert shape_of(list(range(10_000_000))) == "[n]"


def test_the_example_shows_the_spans() -> None:
    done = subprocess.run(
        [sys.executable, "example.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ADAPTER / "python",
        env=PATHS,
    )
    names = [json.loads(line)["name"] for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert names == ["create_collection docs", "upload_points docs", "query_points docs", "answer"]


def test_the_exporter_needs_no_client() -> None:
    program = "import sys, vigie_qdrant; assert 'qdrant_client' not in sys.modules; vigie_qdrant.Exporter('http://q')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=PATHS
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_both_packages_have_the_version_of_the_workspace() -> None:
    version = next(line for line in WORKSPACE.read_text().splitlines() if line.startswith("version"))
    assert version in (ADAPTER / "python" / "pyproject.toml").read_text().splitlines()
    assert json.loads((ADAPTER / "node" / "package.json").read_text())["version"] == version.split('"')[1]
