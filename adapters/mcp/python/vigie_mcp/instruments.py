"""The instruments, made once each and looked up by their entry in the table of names.

Not for what is measured: see ``operation``, ``sessions`` and ``listed``.
"""

from __future__ import annotations

from functools import cache

import vigie

from .names import Metric


@cache
def histogram(metric: Metric) -> vigie.Histogram:
    """The histogram of an entry. Raises ``vigie.ConfigError`` where its name is another kind's already."""
    return vigie.histogram(
        metric.name, unit=metric.unit, description=metric.description, buckets=metric.buckets
    )


@cache
def gauge(metric: Metric) -> vigie.Gauge:
    """The gauge of an entry; raises as ``histogram`` does."""
    return vigie.gauge(metric.name, unit=metric.unit, description=metric.description)


@cache
def counter(metric: Metric) -> vigie.Counter:
    """The counter of an entry; raises as ``histogram`` does."""
    return vigie.counter(metric.name, unit=metric.unit, description=metric.description)


@cache
def up_down_counter(metric: Metric) -> vigie.UpDownCounter:
    """The up-down counter of an entry; raises as ``histogram`` does."""
    return vigie.up_down_counter(metric.name, unit=metric.unit, description=metric.description)
