"""One context for the OpenTelemetry API and for Vigie: what is current in one is current in the other.

Not for what stands in a context: see `_translate`.
"""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import Any, TypeAlias

from opentelemetry import context as api
from opentelemetry.baggage import _BAGGAGE_KEY
from opentelemetry.context.context import Context, _RuntimeContext
from opentelemetry.trace import SpanContext
from opentelemetry.trace.propagation import _SPAN_KEY

from .. import _native
from ._span import Span
from ._translate import above, context_of, object_of

#: What `detach` needs to make current again what was so before. A plain tuple is made in a third of a class's time.
Attached: TypeAlias = tuple[Token[Any], _native.Attached]


class Entered:
    """A context that was made current, and Vigie's object that was made current with it.

    Most are entered to have a span in them, and left before anybody asks for the whole context: then there is none.
    """

    __slots__ = ("_below", "_span", "_whole", "has_baggage", "native")

    def __init__(self, native: Any, whole: Context | None, span: Span | None, below: Entered | None) -> None:
        self.native = native
        self._whole = whole
        self._span = span
        self._below = below
        self.has_baggage = below is None and whole is not None and _BAGGAGE_KEY in whole

    def whole(self) -> Context:
        """The context as the API has it."""
        whole = self._whole
        if whole is None:
            whole = Context() if self._below is None else Context(self._below.whole())
            # A context does not change; this one is not in use yet.
            dict.__setitem__(whole, _SPAN_KEY, self._span)
            self._whole, self._below = whole, None
        return whole

    def above(self) -> SpanContext | None:
        """The ids of the span in it."""
        return above(self.whole()) if self._span is None else self._span.get_span_context()


_NOTHING = Entered(None, Context(), None, None)


class RuntimeContext(_RuntimeContext):
    """The runtime context of the OpenTelemetry API, in step with Vigie's own.

    A context that is attached here is Vigie's current one too. Where Vigie's has changed since, by ``with vigie.span(...)``
    for one, the OpenTelemetry context is the one attached last with Vigie's span and baggage in it.
    """

    def __init__(self, before: _RuntimeContext | None = None) -> None:
        self._variable: ContextVar[Entered] = ContextVar("vigie.otel", default=_NOTHING)
        # Whose tokens may still come back.
        self._before = before

    def attach(self, context: Context) -> Any:
        """Makes a context current in the running task or thread; returns what `detach` takes."""
        native = object_of(context)
        return self._variable.set(Entered(native, context, None, None)), _native.attach(native)

    def enter(self, span: Span, below: Entered) -> Attached:
        """The same for what is current, `below`, with a span in it and without baggage."""
        native = span.native
        return self._variable.set(Entered(native, None, span, below)), _native.attach(native)

    def standing(self) -> Entered:
        """What is current."""
        entered, known = _native.entered(), self._variable.get()
        return (
            known
            if entered is known.native
            else Entered(entered, context_of(entered, known.whole()), None, None)
        )

    def get_current(self) -> Context:
        """The current context."""
        return self.standing().whole()

    def detach(self, token: Any) -> None:
        """Makes current again what was so before `attach`. A token of another task changes nothing."""
        if type(token) is not tuple:
            if self._before is not None:
                self._before.detach(token)
            return
        self.leave(token)

    def leave(self, token: Attached) -> None:
        """The same for what `enter` gave."""
        variable, native = token
        native.detach()
        try:
            self._variable.reset(variable)
        except ValueError:
            # It is another task's: of a generator that is closed elsewhere, for one.
            return


def standing() -> Entered:
    """What is current, whoever keeps the API's context."""
    runtime = api._RUNTIME_CONTEXT
    if type(runtime) is RuntimeContext:
        return runtime.standing()
    context = runtime.get_current()
    return Entered(object_of(context), context, None, None)
