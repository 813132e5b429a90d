"""The callbacks of tools and retrievers, and the events of any run."""

from __future__ import annotations

from typing import Any

from . import semantics
from .callbacks import NOTHING, Callbacks, Kept, logged, name_of
from .meaning import conversation_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


_TOOL = semantics.OPERATIONS["tool"]
_RETRIEVER = semantics.OPERATIONS["retriever"]


class OnStep(Callbacks):
    """What tools and retrievers announce, and what happens in a run."""

    def on_tool_start(
        self,
        serialized: dict[str, Any],
        input_str: str,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        metadata: dict[str, Any] | None = None,
        inputs: dict[str, Any] | None = None,
        name: str | None = None,
        tool_call_id: str | None = None,
        **_: Any,
    ) -> None:
        try:
            names = self._names
            tool = name or name_of(serialized, "tool")
            common = {names.operation: _TOOL["operation"], names.tool_name: tool}
            attributes: dict[str, Any] = {**common, names.tool_type: "function"}
            if tool_call_id is not None:
                attributes[names.tool_call_id] = tool_call_id
            if not self._contents.is_off:
                attributes |= self._contents.arguments(input_str if inputs is None else inputs, run_id)
            self._step(
                run_id, parent_run_id, _TOOL, tool, metadata, attributes, Kept("tool_duration", common, None)
            )
        except Exception:
            self._recorder.failed()

    def on_tool_end(self, output: Any, *, run_id: UUID, **_: Any) -> None:
        try:
            attributes = {} if self._contents.is_off else self._contents.result(output, run_id)
            # A tool node hands a failure to the model as a message.
            if getattr(output, "status", None) == "error":
                attributes[self._names.error_type] = "tool_error"
                self._end(run_id, "error", attributes=attributes)
            else:
                self._end(run_id, "ok", attributes=attributes)
        except Exception:
            self._recorder.failed()
            self._end(run_id, "ok")

    def on_tool_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self._fail(run_id, error)

    def on_retriever_start(
        self,
        serialized: dict[str, Any],
        query: str,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        metadata: dict[str, Any] | None = None,
        name: str | None = None,
        **_: Any,
    ) -> None:
        try:
            names = self._names
            source = (
                (metadata or NOTHING).get("ls_retriever_name") or name or name_of(serialized, "retriever")
            )
            attributes = {names.operation: _RETRIEVER["operation"], names.data_source: source}
            kept = Kept("operation_duration", dict(attributes), None)
            if not self._contents.is_off:
                attributes |= self._contents.query(query, run_id)
            self._step(run_id, parent_run_id, _RETRIEVER, source, metadata, attributes, kept, enter=True)
        except Exception:
            self._recorder.failed()

    def on_retriever_end(self, documents: Any, *, run_id: UUID, **_: Any) -> None:
        try:
            self._end(run_id, "ok", attributes=self._contents.documents(documents, run_id))
        except Exception:
            self._recorder.failed()
            self._end(run_id, "ok")

    def on_retriever_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self._fail(run_id, error)

    def _step(
        self,
        run_id: UUID,
        parent_run_id: UUID | None,
        told: Mapping[str, str],
        name: str,
        metadata: Mapping[str, Any] | None,
        attributes: Mapping[str, Any],
        kept: object,
        *,
        enter: bool = False,
    ) -> None:
        conversation = None if parent_run_id is not None else conversation_of(metadata or NOTHING)
        self._runs.start(
            run_id,
            f"{told['operation']} {name}",
            parent_id=parent_run_id,
            kind=told["kind"],  # type: ignore[arg-type]  # the table holds kinds
            enter=enter,
            inherited=None if conversation is None else {self._names.conversation: conversation},
            logged=logged(run_id),
            attributes=attributes,
            keep=kept,
        )

    def on_agent_action(self, action: Any, *, run_id: UUID, **_: Any) -> None:
        self._event(run_id, "agent.action", {self._names.tool_name: getattr(action, "tool", None)})

    def on_agent_finish(self, finish: Any, *, run_id: UUID, **_: Any) -> None:
        self._event(run_id, "agent.finish", {})

    def on_retry(self, retry_state: Any, *, run_id: UUID, **_: Any) -> None:
        self._event(run_id, "retry", {self._names.attempt: getattr(retry_state, "attempt_number", None)})

    def on_custom_event(self, name: str, data: Any, *, run_id: UUID, **_: Any) -> None:
        try:
            self._runs.add_event(run_id, name, self._contents.event(data))
        except Exception:
            self._recorder.failed()

    def _event(self, run_id: UUID, name: str, attributes: Mapping[str, Any]) -> None:
        try:
            self._runs.add_event(run_id, name, attributes)
        except Exception:
            self._recorder.failed()
