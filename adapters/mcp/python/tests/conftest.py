"""Every test begins without the adapter, with the books of it empty, and reads what was recorded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import vigie
import vigie.testing
import vigie_mcp
from vigie_mcp import listed, names, sessions

vigie.init(service="mcp-tests", level="debug", outputs=[{"to": "memory"}])


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    yield
    vigie_mcp.uninstrument()
    for side in (names.CLIENT, names.SERVER):
        listed.SIDES[side].__init__(side)  # type: ignore[misc]  # as in a new process
        sessions._open[side].clear()


@pytest.fixture
def records() -> Iterator[vigie.testing.Records]:
    vigie_mcp.instrument()
    with vigie.testing.capture() as captured:
        yield captured
