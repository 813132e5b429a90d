"""Attributes as they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def shown(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes as the official spans show them: lists as tuples, which nobody can change afterwards."""
    return {key: tuple(value) if type(value) is list else value for key, value in attributes.items()}
