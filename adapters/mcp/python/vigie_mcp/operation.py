"""One request from its beginning to its end: its span, the context inside, its metrics and its log line.

Not for where requests come from: the hooks find them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

import vigie

from . import carrier, names, otel
from .faults import fault, quiet
from .instruments import histogram
from .listed import SIDES
from .outcome import Outcome, listed, of_exception, of_result
from .request import Request, cut
from .settings import settings
from .size import size_of, tokens_of

# Versions are dates. A peer may send any text.
_VERSION = re.compile(r"\d{4}-\d\d-\d\d")
_log = vigie.get_logger(names.LOGGER)


class Operation:
    """A request that is under way. Made by ``begin``; ends once."""

    def __init__(
        self,
        request: Request,
        said: dict[str, object],
        span: vigie.Span | None,
        foreign: Any,
        agents: vigie.Span | None = None,
    ) -> None:
        self._request = request
        self._said = said
        self._span = span
        # A span of an agent's that stands for this request already, and ends when the agent says so.
        self._agents = agents
        # A span of OpenTelemetry's that stands for this request already.
        self._foreign = foreign
        self._context: vigie.Context | None = None
        self._began = time.perf_counter()
        self._ended = False
        if span is not None:
            self._enter(span.context)
        elif agents is not None:
            agents.set_attributes(said)
            self._enter(agents.context)
        elif foreign is not None:
            self.adopt(foreign)

    @property
    def context(self) -> vigie.Context | None:
        """What is current inside, and goes out with the request; None where no span is known yet."""
        return self._context

    @quiet(None)
    def adopt(self, foreign: Any) -> None:
        """Takes a span that another library made for this request: it gets our attributes, and our records its ids."""
        self._foreign = foreign
        otel.enrich(foreign, self._said)
        if self._context is None:
            self._enter(otel.context_of(foreign))

    def answered(self, result: object) -> None:
        """The request ends with a result."""
        self._end_with(lambda: of_result(self._request.method, result))

    def raised(self, error: BaseException) -> None:
        """The request ends with an exception, which goes on."""
        self._end_with(lambda: of_exception(error))

    def refused(self, outcome: Outcome) -> None:
        """The request ends with an error of the protocol."""
        self._end_with(lambda: outcome)

    def _enter(self, context: vigie.Context) -> None:
        context.__enter__()
        self._context = context

    def _end_with(self, outcome: Any) -> None:
        if self._ended:
            return
        self._ended = True
        try:
            self._end(outcome())
        except Exception as error:
            fault("operation.end", error)
        finally:
            self._leave()

    @quiet(None)
    def _leave(self) -> None:
        if self._span is not None:
            self._span.end()
        if self._context is not None:
            self._context.__exit__(None, None, None)

    def _end(self, outcome: Outcome) -> None:
        seconds = time.perf_counter() - self._began
        size = size_of(outcome.result) if outcome.result is not None else None
        said = _said_of(outcome, size, self._request)
        self._finish_span(outcome, said)
        _measure(self._request, outcome, seconds, size)
        self._write(outcome, {**self._said, **said, "duration_ms": round(seconds * 1000, 3)})

    def _finish_span(self, outcome: Outcome, said: Mapping[str, object]) -> None:
        # A client's has ended before the answer is here, and complains of attributes then.
        if self._foreign is not None and self._foreign.is_recording():
            otel.enrich(self._foreign, said)
        if self._agents is not None:
            self._agents.set_attributes(said)
        if self._span is None:
            return
        self._span.set_attributes(said)
        if outcome.error_type is None or outcome.error_type == names.CANCELLED:
            return
        self._span.set_status("error", outcome.message or "")
        if outcome.code is None and outcome.error is not None:
            self._span.record_exception(outcome.error)

    def _write(self, outcome: Outcome, said: Mapping[str, Any]) -> None:
        side, name, kind = self._request.side, self._request.name, outcome.error_type
        text = f"{side}: {name} {'failed: ' + kind if kind else 'was answered'}"
        if kind is None or kind == names.CANCELLED:
            _log.debug(text, **said)
        elif outcome.code is not None or kind == names.TOOL_ERROR or side == names.CLIENT:
            _log.warn(text, **said)
        else:
            _log.error(text, exc_info=outcome.error, **said)


@quiet(None)
def begin(request: Request, meta: Mapping[str, Any] | None = None, own_span: bool = True) -> Operation | None:
    """Begins what ``meta`` gives the parent of. Without a span of our own one may be adopted later."""
    said = request.attributes()
    if not own_span:
        return Operation(request, said, None, None)
    foreign = otel.span_of(request.method, request.target)
    if foreign is not None:
        return Operation(request, said, None, foreign)
    agents = _agents(request)
    if agents is not None:
        return Operation(request, said, None, None, agents)
    around = vigie.current_context()
    parent = carrier.context_in(meta)
    links: list[vigie.Context] = []
    if parent is None:
        above = otel.current() if around.trace_id is None else None
        parent = otel.context_of(above) if above is not None else None
    elif around.trace_id is not None and not around.is_remote and around.span_id != parent.span_id:
        # The HTTP request that brought the message is in a trace of its own.
        links = [around]
    span = vigie.start_span(request.name, kind=request.side, parent=parent, links=links, **said)  # type: ignore[arg-type]  # dotted keys: attributes
    return Operation(request, said, span, None)


def _agents(request: Request) -> vigie.Span | None:
    """The current span, if it is an agent's of this tool's execution, told by the name that the conventions give it."""
    if request.side != names.CLIENT or request.method != "tools/call" or request.target is None:
        return None
    span = vigie.current_span()
    return span if span.name == f"{names.EXECUTE_TOOL} {request.target}" else None


def _said_of(outcome: Outcome, size: int | None, request: Request) -> dict[str, object]:
    said: dict[str, object] = {}
    if outcome.error_type is not None:
        said[names.ERROR_TYPE] = outcome.error_type
    if outcome.code is not None:
        said[names.STATUS_CODE] = outcome.code
    if size is not None:
        said[names.RESULT_SIZE] = size
        said[names.RESULT_TOKENS] = tokens_of(size)
        if settings.capture == "full" and request.method == "tools/call":
            said[names.RESULT] = cut(outcome.result, settings.capture_bytes)
    return said


def _measure(request: Request, outcome: Outcome, seconds: float, size: int | None) -> None:
    names_of, target = SIDES[request.side], request.target
    labels: dict[str, object] = {names.METHOD: request.method_label}
    if request.method == "tools/list":
        names_of.tools(listed(outcome.result, "tools"))
    elif request.method == "prompts/list":
        names_of.prompts(listed(outcome.result, "prompts"))
    elif request.method == "tools/call":
        labels[names.OPERATION] = names.EXECUTE_TOOL
        if target is not None:
            labels[names.TOOL] = names_of.called(target, outcome.error_type is None)
    elif target is not None:
        labels[names.PROMPT] = names_of.prompt(target)
    if size is not None:
        sized = {**labels, names.SIDE: request.side}
        histogram(names.RESULT_BYTES).record(size, **sized)
        histogram(names.RESULT_TOKEN_COUNT).record(tokens_of(size), **sized)
    if request.transport:
        labels[names.TRANSPORT] = request.transport
    if request.protocol_version and _VERSION.fullmatch(request.protocol_version):
        labels[names.PROTOCOL_VERSION] = request.protocol_version
    labels.update(outcome.labels())
    metric = names.SERVER_OPERATION if request.side == names.SERVER else names.CLIENT_OPERATION
    histogram(metric).record(seconds, **labels)
