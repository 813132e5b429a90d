"""A plugin of pytest that installs the adapter, for tests of others: ``-p with_adapter``."""

from __future__ import annotations

import vigie
import vigie_langchain

vigie.init(service="upstream", outputs=[{"to": "null"}])
vigie_langchain.instrument(content="full")


def pytest_unconfigure() -> None:
    """At the end: what became of the runs."""
    print(f"\nvigie_langchain.stats: {vigie_langchain.stats()}")
