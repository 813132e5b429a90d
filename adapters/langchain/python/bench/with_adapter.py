"""A plugin of pytest that installs the adapter, for tests of others: ``-p with_adapter``.

At the end each of pytest's processes appends what became of its runs to the file that ``VIGIE_UPSTREAM_STATS`` names.
"""

from __future__ import annotations

import json
import os

import vigie
import vigie_langchain

vigie.init(service="upstream", outputs=[{"to": "null"}])
vigie_langchain.instrument(content="full")


def pytest_unconfigure() -> None:
    """At the end."""
    with open(os.environ["VIGIE_UPSTREAM_STATS"], "a", encoding="utf-8") as file:
        file.write(json.dumps(vigie_langchain.stats()) + "\n")
