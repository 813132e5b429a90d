"""One context for the OpenTelemetry API and for Vigie: what is current in one is current in the other.

Not for what stands in a context: see `_translate`.
"""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar, Token
from typing import Any

from opentelemetry.context.context import Context, _RuntimeContext

from .. import _native
from ._translate import context_of, object_of

EMPTY = Context()


class _Attached:
    """What `detach` needs to make current again what was so before."""

    __slots__ = ("native", "variable")

    def __init__(self, variable: Token[Any], native: _native.Attached) -> None:
        self.variable = variable
        self.native = native


class RuntimeContext(_RuntimeContext):
    """The runtime context of the OpenTelemetry API, in step with Vigie's own.

    A context that is attached here is Vigie's current one too. Where Vigie's has changed since, by ``with vigie.span(...)``
    for one, the OpenTelemetry context is the one attached last with Vigie's span and baggage in it.
    """

    def __init__(self, before: _RuntimeContext | None = None) -> None:
        # What is attached, and Vigie's object that was made current with it.
        self._variable: ContextVar[tuple[Context, object]] = ContextVar("vigie.otel")
        # Whose tokens may still come back.
        self._before = before

    def attach(self, context: Context) -> Any:
        """Makes a context current in the running task or thread; returns what `detach` takes."""
        return self.enter(context, object_of(context))

    def enter(self, context: Context, native: Any) -> _Attached:
        """The same for a context that is known to be `native` for Vigie."""
        return _Attached(self._variable.set((context, native)), _native.attach(native))

    def get_current(self) -> Context:
        """The current context."""
        entered = _native.entered()
        context, attached = self._variable.get((EMPTY, None))
        return context if entered is attached else context_of(entered, context)

    def detach(self, token: Any) -> None:
        """Makes current again what was so before `attach`. A token of another task changes nothing."""
        if not isinstance(token, _Attached):
            if self._before is not None:
                self._before.detach(token)
            return
        token.native.detach()
        # It raises for a token of another task: of a generator that is closed elsewhere, for one.
        with suppress(ValueError):
            self._variable.reset(token.variable)
