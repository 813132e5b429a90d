"""Nobody: what a server takes by itself."""

from __future__ import annotations

from through_api import requests
from workloads import Case


def case(_workload: str) -> Case:
    """H1ao."""
    return Case(requests())
