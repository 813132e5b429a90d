"""One call of a client: its span, its series, and what stands in for arguments that are counted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import vigie

from . import _attributes as attributes
from . import _counting as counting
from . import _endpoints as endpoints
from . import _errors, _headers
from . import _places as places
from ._exchanges import Totals, owner
from ._faults import fault

if TYPE_CHECKING:
    from ._names import Operation


class Plan(NamedTuple):
    """What is known of a method before it is called."""

    name: str
    operation: Operation
    parameters: tuple[str, ...]
    readers: tuple[attributes.Reader, ...]
    has_collection_first: bool


NOTHING: dict[str, object] = {}


class State:
    """Whether calls are recorded. Methods that stay wrapped under another's wrapper ask it too."""

    active = False


def begin(plan: Plan, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call | None:
    """The call that begins, None where it is not recorded."""
    if not State.active:
        return None
    try:
        return Call(plan, client, args, kwargs)
    except Exception:
        fault("begin")
        return None


class _Sending:
    """What the transport looks for while a call is under way: whose requests they are, and the trace's headers."""

    __slots__ = ("_before", "_headers", "totals")

    def __init__(self) -> None:
        self.totals = Totals()
        self._before = owner.get()
        owner.set(self.totals)
        self._headers: Any = None
        try:
            self._headers = _headers.enter()
        except Exception:
            self.leave()
            raise

    def leave(self) -> None:
        """Make current again what was so before."""
        owner.set(self._before)
        _headers.leave(self._headers)


class Call:
    """A call from its beginning to its end."""

    __slots__ = ("_counted", "_operation", "_place", "_sending", "_span", "_started", "args", "kwargs")

    def __init__(self, plan: Plan, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        # What the method is called with, and the same by name.
        self.args = args
        self.kwargs = given = kwargs
        if len(args) == 1 and plan.has_collection_first:
            # As calls are mostly written; readers ask for no collection.
            collection = args[0]
        else:
            if args:
                given = dict(zip(plan.parameters, args, strict=False))
                given.update(kwargs)
            collection = given.get("collection_name")
        self._operation = operation = plan.operation
        self._place = place = places.of(
            plan.name, endpoints.of(client), collection if isinstance(collection, str) else None
        )
        known = place.attributes.copy()
        for read in plan.readers:
            read(given, known)
        self._counted = self._count(plan, given) if operation.group == "upload" else None
        self._sending: _Sending | None = None
        self._span: Any = vigie.span(place.name, kind="client", **known)  # type: ignore[arg-type]  # dotted keys: attributes
        self._span.__enter__()
        if place.endpoint.is_remote:
            try:
                self._sending = _Sending()
            except Exception:
                self._leave()
                raise
        self._started = time.perf_counter()

    def _count(self, plan: Plan, given: dict[str, Any]) -> counting.Counted | counting.Recounted | None:
        """Have what has no length counted as the client reads it."""
        name = plan.operation.items
        items = given.get(name) if name is not None else None
        if name is None or items is None or counting.size_of(items) is not None:
            return None
        stand_in = counting.counted(items)
        if stand_in is None:
            return None
        if name in self.kwargs:
            self.kwargs = {**self.kwargs, name: stand_in}
        else:
            position = plan.parameters.index(name)
            self.args = (*self.args[:position], stand_in, *self.args[position + 1 :])
        return stand_in

    def done(self, answer: object) -> None:
        """The call returned."""
        seconds = time.perf_counter() - self._started
        try:
            found = attributes.of_answer(self._operation, answer)
            if self._counted is None and self._sending is None:
                if found:
                    self._span.set_attributes(found)
                (self._place.well or self._place.bound()).record(seconds)
            else:
                self._end(seconds, found, NOTHING)
        except Exception:
            fault("answer")
        self._leave()

    def failed(self, error: BaseException) -> None:
        """The call raised; the error goes on as it is."""
        seconds = time.perf_counter() - self._started
        try:
            described = _errors.describe(error)
            self._end(seconds, described.attributes, described.labels)
            if described.is_failure:
                self._span.set_status("error", described.words)
        except Exception:
            fault("error")
        self._leave()

    def _end(self, seconds: float, found: dict[str, object] | None, outcome: dict[str, object]) -> None:
        found = found or {}
        if self._counted is not None:
            attributes.batch_size(self._counted.count, found)
        server = None
        if self._sending is not None:
            totals = self._sending.totals
            server = totals.seconds
            said: dict[str, object] = {}
            totals.describe(said)
            # What the error says of its status is said of this very request.
            found = {**said, **found}
        if found:
            self._span.set_attributes(found)
        self._place.took(seconds, server, outcome)

    def _leave(self) -> None:
        """Make current again what was so before, whatever fails."""
        if self._sending is not None:
            self._sending.leave()
        try:
            # Without the error, whose text may quote what was asked.
            self._span.__exit__(None, None, None)
        except Exception:
            fault("end")
