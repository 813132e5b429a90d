"""What the tests share: the adapter installed, everything captured, and nothing left behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import vigie
import vigie_langchain
from vigie.testing import Records

FLAWS = ("swept", "refused", "left_out", "failed")


@pytest.fixture(scope="session", autouse=True)
def configured() -> None:
    vigie.init(service="tests", outputs=[{"to": "null"}])


@pytest.fixture
def records() -> Iterator[Records]:
    """What is recorded with the adapter installed; afterwards no run is open and nothing has failed."""
    before = vigie_langchain.stats()
    vigie_langchain.instrument()
    with vigie.testing.capture() as captured:
        yield captured
    vigie_langchain.uninstrument()
    after = vigie_langchain.stats()
    assert after["open"] == 0
    assert {key: after[key] - before[key] for key in FLAWS} == dict.fromkeys(FLAWS, 0)
