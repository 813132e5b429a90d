"""A Qdrant server's health as Vigie's metrics: what it says of itself, and how well it still finds what it should."""

from .canaries import Canary
from .exporter import Exporter

__all__ = ["Canary", "Exporter"]
