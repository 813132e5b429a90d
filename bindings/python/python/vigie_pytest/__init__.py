"""Fixtures of pytest for code that records with Vigie.

pytest loads this in every run of whoever has the package installed. Hence it stands outside of that, and imports it only when a
test asks for a fixture.
"""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.testing import Records

    from ._caplog import CaplogWithVigie


@pytest.fixture
def vigie_records() -> Iterator[Records]:
    """What is recorded in the test, as ``vigie.testing.capture`` gives it: ``logs``, ``spans`` and ``metrics`` as dicts, ``lines`` as texts."""
    import vigie

    with vigie.testing.capture() as records:
        yield records


@pytest.fixture
def vigie_caplog(caplog: pytest.LogCaptureFixture) -> Iterator[CaplogWithVigie]:
    """``caplog`` with the records of Vigie's loggers beside those of ``logging``."""
    import vigie

    from ._caplog import CaplogWithVigie

    with vigie.testing.capture() as records:
        yield CaplogWithVigie(caplog, records)
