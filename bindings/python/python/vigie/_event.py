"""The request that is being served, as handlers see it: what they add to its wide event, and how it goes along with a context.
Not for recording it: see ``_request``, without which there is none."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextvars import ContextVar
    from typing import Protocol, TypeAlias

    from ._native import Context

    class Served(Protocol):
        """A request that is served."""

        def add(self, attributes: dict[str, object]) -> None: ...

    # The request, and what stood there before it.
    Entry: TypeAlias = tuple[Served, "Entry | None"]

# Made with the first middleware: the import of the package brings no other modules.
variable: ContextVar[Entry | None] | None = None


def event(**attributes: object) -> None:
    """Add attributes to the wide event of the request that is being served, which ``vigie.asgi.Middleware`` or
    ``vigie.wsgi.Middleware`` writes at its end.

    Values may be of any type; they are written as they are at the end of the request. A key that was added before takes the
    new value. A request takes 128 keys; more are counted (``truncated`` in ``vigie.stats()``). Outside of a request, behind
    its end, and with ``event=False`` nothing happens. Raises nothing.

    >>> import vigie
    >>> vigie.event(cart_items=3, **{"payment.provider": "acme"})
    """
    served = current()
    if served is not None:
        served.add(attributes)


def current() -> Served | None:
    """The request in whose context this is called."""
    entry = None if variable is None else variable.get()
    return None if entry is None else entry[0]


def enter(context: Context, served: Served) -> None:
    """Make a context current, and the request the one that is being served."""
    if variable is not None:
        variable.set((served, variable.get()))
    context.__enter__()


def leave(context: Context, served: Served) -> None:
    """Make current again what was so before."""
    context.__exit__(None, None, None)
    if variable is not None:
        entry = variable.get()
        # A generator that is closed elsewhere leaves what is not its own.
        if entry is not None and entry[0] is served:
            variable.set(entry[1])


class Place:
    """A context together with a request. As a context manager it may be entered by many at once, like a context."""

    __slots__ = ("context", "served")

    def __init__(self, context: Context, served: Served) -> None:
        self.context = context
        self.served = served

    def __enter__(self) -> None:
        enter(self.context, self.served)

    def __exit__(self, *_: object) -> None:
        leave(self.context, self.served)


def along(context: Context) -> Context | Place:
    """The context, with the request that is being served if there is one."""
    served = current()
    return context if served is None else Place(context, served)
