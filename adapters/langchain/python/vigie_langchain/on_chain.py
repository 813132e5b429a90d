"""The callbacks of chains, graphs and their nodes."""

from __future__ import annotations

from typing import Any

from . import semantics
from .callbacks import NOTHING, Callbacks, Kept, logged, name_of
from .meaning import conversation_of, of_chain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID


class OnChain(Callbacks):
    """What chains announce."""

    def on_chain_start(
        self,
        serialized: dict[str, Any] | None,
        inputs: Any,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        run_type: str | None = None,
        name: str | None = None,
        **_: Any,
    ) -> None:
        try:
            self._chain_start(
                name or name_of(serialized, "chain"),
                run_type,
                tags or (),
                metadata or NOTHING,
                run_id,
                parent_run_id,
            )
        except Exception:
            self._recorder.failed()

    def _chain_start(
        self,
        name: str,
        run_type: str | None,
        tags: Sequence[str],
        metadata: Mapping[str, Any],
        run_id: UUID,
        parent_run_id: UUID | None,
    ) -> None:
        outermost = parent_run_id is None
        meaning = of_chain(name, run_type, tags, metadata, outermost=outermost)
        if meaning is None and not self.settings.show_all:
            self._runs.start(run_id, name, parent_id=parent_run_id, hidden=True)
            return
        names = self._names
        if meaning == "node":
            attributes = {names.node: name, names.step: metadata.get("langgraph_step")}
            self._runs.start(
                run_id, f"node {name}", parent_id=parent_run_id, logged=logged(run_id), attributes=attributes
            )
        elif meaning in ("agent", "workflow"):
            told = semantics.OPERATIONS[meaning]
            conversation = conversation_of(metadata)
            key = names.agent_name if meaning == "agent" else names.workflow_name
            attributes = {names.operation: told["operation"], key: name}
            kept = Kept(meaning + "_duration", attributes, conversation)
            kept.context = self._runs.start(
                run_id,
                f"{told['operation']} {name}",
                parent_id=parent_run_id,
                inherited=None if conversation is None else {names.conversation: conversation},
                logged=logged(run_id),
                links=self._recorder.taken_up(conversation) if outermost else (),
                attributes=attributes,
                keep=kept,
            )
        else:
            self._runs.start(run_id, name, parent_id=parent_run_id, logged=logged(run_id))

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **_: Any) -> None:
        self._end(run_id, "ok")

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self._fail(run_id, error)
