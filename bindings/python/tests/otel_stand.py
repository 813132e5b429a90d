"""A plugin of pytest that puts Vigie's providers and context in the place of the official SDK's, for suites of others'.

``python -m pytest -p otel_stand`` with this folder and the package in ``PYTHONPATH``. At the end it says how many of the tests made
one of Vigie's providers: what the others tell is nothing about Vigie.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import vigie
import vigie.otel
from opentelemetry import context
from opentelemetry.context import contextvars_context
from opentelemetry.sdk import _logs, metrics, trace

vigie.init(service="upstream", outputs=[{"to": "null"}])
context._RUNTIME_CONTEXT = vigie.otel.RuntimeContext(context._RUNTIME_CONTEXT)
contextvars_context.ContextVarsRuntimeContext = vigie.otel.RuntimeContext

#: Modules of the SDK, the name that is replaced in each, and what stands there for Vigie's own use.
PLACES = [(module, name, getattr(module, name)) for module, name in (
    (trace, "TracerProvider"), (metrics, "MeterProvider"), (_logs, "LoggerProvider"),
)]  # fmt: skip


class _Made:
    """Whether the running test has made a provider, and how many that did failed and passed."""

    now = False
    failed = passed = 0


def _restored(call: Any) -> Any:
    """The same, done while the official names stand for what they stand for without this plugin."""

    def called(*args: Any, **kwargs: Any) -> Any:
        standing = [(module, name, getattr(module, name)) for module, name, _ in PLACES]
        _stand(PLACES)
        try:
            return call(*args, **kwargs)
        finally:
            _stand(standing)

    return called


def _stand(places: list[tuple[Any, str, Any]]) -> None:
    for module, name, what in places:
        setattr(module, name, what)


def _of_ours(ours: Any, *reaching: str) -> Any:
    """A class that makes one of ours, notes it, and reaches the SDK's own class where ours does."""

    class Stands(ours):  # type: ignore[misc]  # Which class it is is known at run time.
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            _Made.now = True
            _restored(super().__init__)(*args, **kwargs)

    for method in reaching:
        setattr(Stands, method, _restored(getattr(ours, method)))
    Stands.__name__ = Stands.__qualname__ = ours.__name__
    Stands.__module__ = ours.__module__
    return Stands


OURS = [
    (trace, "TracerProvider", _of_ours(vigie.otel.TracerProvider)),
    (metrics, "MeterProvider", _of_ours(vigie.otel.MeterProvider, "add_metric_reader")),
    (_logs, "LoggerProvider", _of_ours(vigie.otel.LoggerProvider, "add_log_record_processor")),
]
# For what is imported by its name when a suite is collected.
_stand(OURS)


@pytest.fixture(autouse=True)
def _vigie_stands() -> None:
    """Again before each test: some load the SDK's modules anew."""
    _stand(OURS)
    _Made.now = False


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Notes how a test went that made a provider."""
    outcome: Any = yield
    report = outcome.get_result()
    if _Made.now and report.when == "call" and not report.skipped:
        _Made.failed += report.failed
        _Made.passed += report.passed


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says so."""
    terminalreporter.write_line(f"with Vigie's providers: {_Made.failed} failed, {_Made.passed} passed")
