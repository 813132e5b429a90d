"""Qdrant's Python client in Vigie's spans and metrics, and an exporter of a server's health.

>>> import vigie_qdrant
>>> vigie_qdrant.instrument()
>>> vigie_qdrant.uninstrument()
"""

from ._faults import faults
from ._install import instrument, uninstrument
from .exporter import Canary, Exporter

__all__ = ["Canary", "Exporter", "faults", "instrument", "uninstrument"]
