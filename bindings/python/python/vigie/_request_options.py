"""What a middleware is told when it is made. Not for what it does with it: see ``_request``."""

from __future__ import annotations

from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

_log = _native.get_logger("vigie.http")


class Options:
    """The options of a middleware, checked."""

    __slots__ = ("_context", "_has_told", "_skip", "event", "span")

    def __init__(
        self,
        span: bool,
        event: bool,
        context: Callable[[dict[str, Any]], Mapping[str, object] | None] | None,
        skip: Iterable[str],
    ) -> None:
        wrong: list[tuple[str, object, str]] = [
            (name, given, "true or false")
            for name, given in (("span", span), ("event", event))
            if not isinstance(given, bool)
        ]
        if context is not None and not callable(context):
            wrong.append(("context", context, "a function of the request that gives a mapping, or None"))
        # A text alone would be read letter by letter.
        paths = None if isinstance(skip, (str, bytes)) else _texts(skip)
        if paths is None:
            wrong.append(("skip", skip, 'texts such as "/health*", where * stands for any text'))
        if wrong:
            raise _refused(wrong)
        self.span = span
        self.event = event
        self._context = context
        self._has_told = False
        self._skip = [path.split("*") for path in paths or ()]

    def skips(self, path: str) -> bool:
        """Whether a request to that path gets neither a span nor an event."""
        return any(_fits(path, pieces) for pieces in self._skip)

    def added_to(self, context: _native.Context, request: dict[str, Any]) -> _native.Context:
        """The context with what the user's function says of the request."""
        if self._context is None:
            return context
        with context:
            try:
                said = self._context(request)
                attributes: dict[str, Any] = {str(key): value for key, value in dict(said or {}).items()}
                return _native.context(**attributes) if attributes else context
            except Exception as error:
                self.tell("the function context failed; more of that is not told", error)
        return context

    def tell(self, message: str, error: Exception) -> None:
        """Write what went wrong here the first time."""
        if not self._has_told:
            self._has_told = True
            _log.warn(message, exc_info=error)


def _fits(path: str, pieces: list[str]) -> bool:
    """Whether a path consists of the pieces with any text between them. Not a regular expression: that would take a time
    which grows faster than the path, and the path is a stranger's."""
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return path == first
    at, end = len(first), len(path) - len(last)
    if at > end or not path.startswith(first) or not path.endswith(last):
        return False
    for piece in pieces[1:-1]:
        at = path.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _texts(given: Iterable[str]) -> list[str] | None:
    try:
        texts = list(given)
    except TypeError:
        return None
    return texts if all(isinstance(text, str) for text in texts) else None


def _refused(wrong: list[tuple[str, object, str]]) -> _native.ConfigError:
    problems = tuple((key, repr(value), accepted) for key, value, accepted in wrong)
    refused = _native.ConfigError(
        "\n".join(f"{key}: {value}; accepted: {accepted}" for key, value, accepted in problems)
    )
    refused.problems = problems
    return refused
