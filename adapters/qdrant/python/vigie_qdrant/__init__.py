"""Qdrant's Python client in Vigie's spans and metrics, and an exporter of a server's health.

>>> import vigie_qdrant
>>> vigie_qdrant.instrument()
>>> vigie_qdrant.uninstrument()
"""

from ._faults import faults
from ._install import instrument, uninstrument

__all__ = ["faults", "instrument", "uninstrument"]
