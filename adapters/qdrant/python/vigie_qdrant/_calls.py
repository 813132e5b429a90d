"""One call of a client: its span, its series, and what stands in for arguments that are counted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import vigie

from . import _attributes as attributes
from . import _counting as counting
from . import _endpoints as endpoints
from . import _errors, _headers, _instruments
from . import _names as names
from ._exchanges import Totals, owner
from ._faults import fault

if TYPE_CHECKING:
    from ._names import Operation


class Plan(NamedTuple):
    """What is known of a method before it is called."""

    name: str
    operation: Operation
    parameters: tuple[str, ...]


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


class Call:
    """A call from its beginning to its end."""

    __slots__ = (
        "_before",
        "_collection",
        "_counted",
        "_endpoint",
        "_headers",
        "_plan",
        "_span",
        "_started",
        "given",
        "totals",
    )

    def __init__(self, plan: Plan, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._plan = plan
        self._endpoint = endpoints.of(client)
        self.given = attributes.Arguments(plan.parameters, args, kwargs)
        self.totals = Totals()
        collection = self.given.get("collection_name")
        self._collection = collection if isinstance(collection, str) else None
        known: dict[str, object] = {names.SYSTEM: "qdrant", names.OPERATION: plan.name}
        known.update(self._endpoint.attributes)
        known[names.TRANSPORT] = self._endpoint.transport
        name = plan.name
        if self._collection is not None:
            known[names.COLLECTION] = self._collection
            name = f"{name} {self._collection}"
        attributes.of_arguments(plan.operation, self.given, known)
        self._counted = self._count() if plan.operation.group == "upload" else None
        self._headers: Any = None
        self._span: Any = vigie.span(name, kind="client", **known)  # type: ignore[arg-type]  # dotted keys: attributes
        self._span.__enter__()
        try:
            if self._endpoint.is_remote:
                # What the transport looks for; local mode has none.
                self._before = owner.get()
                owner.set(self.totals)
                self._headers = _headers.enter()
        except Exception:
            self._leave()
            raise
        self._started = time.perf_counter()

    def _count(self) -> counting.Counted | counting.Recounted | None:
        """Have what has no length counted as the client reads it."""
        name = self._plan.operation.items
        items = self.given.get(name) if name is not None else None
        if name is None or items is None or counting.size_of(items) is not None:
            return None
        stand_in = counting.counted(items)
        if stand_in is not None:
            self.given.replace(name, stand_in)
        return stand_in

    def done(self, answer: object) -> None:
        """The call returned."""
        seconds = time.perf_counter() - self._started
        try:
            found: dict[str, object] = {}
            attributes.of_answer(self._plan.operation, answer, found)
            self._end(seconds, found, {})
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

    def _end(self, seconds: float, found: dict[str, object], outcome: dict[str, object]) -> None:
        if self._counted is not None:
            attributes.batch_size(self._counted.count, found)
        if self._endpoint.is_remote:
            said: dict[str, object] = {}
            self.totals.describe(said)
            # What the error says of its status is said of this very request.
            found = {**said, **found}
        if found:
            self._span.set_attributes(found)
        _instruments.call(
            self._plan.name,
            self._collection,
            self._endpoint.attributes,
            seconds,
            self.totals.seconds,
            outcome,
        )

    def _leave(self) -> None:
        """Make current again what was so before, whatever fails."""
        if self._endpoint.is_remote:
            owner.set(self._before)
            _headers.leave(self._headers)
        try:
            # Without the error, whose text may quote what was asked.
            self._span.__exit__(None, None, None)
        except Exception:
            fault("end")
