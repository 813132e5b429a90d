"""What all callbacks share: how a run ends, and that a fault in here never reaches the host.
Not for what a callback means: see the files ``on_*``."""

from __future__ import annotations

from typing import Any

from .contents import Contents
from .recorder import recorder
from .settings import Settings
from .states import state_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    import vigie

    from .states import State

NOTHING: Mapping[str, Any] = {}


class Kept:
    """What the end of a run needs to know of its start."""

    __slots__ = ("common", "context", "what", "who")

    def __init__(self, what: str | None, common: Mapping[str, Any], who: str | None) -> None:
        # The duration that it counts for, and the attributes of that.
        self.what = what
        self.common = common
        # A model's provider, a workflow's conversation.
        self.who = who
        self.context: vigie.Context | None = None


class Callbacks:
    """The settings of a handler, and the end of its runs."""

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self._recorder = recorder()
        self._runs = self._recorder.runs
        self._names = self._recorder.names
        self._contents = Contents(self._names, self.settings)
        # Asked for with each chunk of each stream.
        self._chunk = self._runs.chunk

    def _fail(self, run_id: UUID, error: BaseException) -> None:
        try:
            state = state_of(error)
            attributes = {self._names.error_type: type(error).__qualname__} if state == "error" else None
            self._end(run_id, state, error, attributes)
        except Exception:
            self._recorder.failed()

    def _end(
        self,
        run_id: UUID,
        state: State,
        error: BaseException | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        try:
            ended = self._runs.end(run_id, state, error=error, attributes=attributes)
            if ended is None or (kept := ended[5]) is None:
                return
            if ended[0] == "interrupted" and kept.who is not None and kept.context is not None:
                self._recorder.interrupted(kept.who, kept.context)
            said = with_error(kept.common, self._names.error_type, ended[0], attributes or NOTHING)
            self._recorder.metrics.of(said).took(kept.what, ended[1])
        except Exception:
            self._recorder.failed()


def name_of(serialized: Mapping[str, Any] | None, default: str) -> str:
    told = serialized or NOTHING
    return told.get("name") or (told.get("id") or (default,))[-1]


def logged(run_id: UUID) -> dict[str, str]:
    """What log records written in the run's body carry."""
    return {"run_id": str(run_id)}


def with_error(
    common: Mapping[str, Any], key: str, state: str, attributes: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The attributes of a duration: with the error's type, or the way in which the run was left."""
    if state == "ok":
        return common
    return {**common, key: attributes.get(key, state)}
