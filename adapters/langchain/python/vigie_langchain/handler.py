"""The callback handler: each callback is one call of the table of runs. A fault in here never reaches the host.

It runs inline, in the task and thread of the code that it watches, so that what it makes current in a model's body is
current there. Nothing is detached: see ``vigie.Runs``."""

from __future__ import annotations

import vigie
from langchain_core.callbacks import BaseCallbackHandler

from . import semantics
from .contents import Contents
from .costs import cost_of
from .doubles import counts_itself
from .meaning import attempt_of, conversation_of, of_chain
from .models import answer, message_of, provider_and_model, request, usage_of
from .recorder import recorder
from .settings import Settings
from .states import state_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any
    from uuid import UUID

    from .states import State

_NOTHING: Mapping[str, Any] = {}
_CHAT = semantics.OPERATIONS["chat"]
_TEXT = semantics.OPERATIONS["text"]
_TOOL = semantics.OPERATIONS["tool"]
_RETRIEVER = semantics.OPERATIONS["retriever"]


class _Kept:
    """What the end of a run needs to know of its start."""

    __slots__ = ("common", "context", "what", "who")

    def __init__(self, what: str | None, common: Mapping[str, Any], who: str | None) -> None:
        # The duration that it counts for, and the attributes of that.
        self.what = what
        self.common = common
        # A model's provider, a workflow's conversation.
        self.who = who
        self.context: vigie.Context | None = None


class VigieCallbackHandler(BaseCallbackHandler):
    """Records the runs of chains, models, tools, retrievers, agents and graphs as spans and metrics.

    For one call: ``chain.invoke(inputs, {"callbacks": [VigieCallbackHandler()]})``; for all of them: ``instrument()``.
    Takes the settings of ``Settings``; raises ``ValueError`` or ``TypeError`` for one that is not accepted. Its callbacks
    raise nothing.
    """

    run_inline = True
    raise_error = False
    # As plain members they cost less than the base class's properties, and they are asked for with each callback.
    ignore_llm = False  # type: ignore[assignment]  # a property in the base class
    ignore_retry = False  # type: ignore[assignment]  # as above
    ignore_chain = False  # type: ignore[assignment]  # as above
    ignore_agent = False  # type: ignore[assignment]  # as above
    ignore_retriever = False  # type: ignore[assignment]  # as above
    ignore_chat_model = False  # type: ignore[assignment]  # as above
    ignore_custom_event = False  # type: ignore[assignment]  # as above

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self._recorder = recorder()
        self._runs = self._recorder.runs
        self._names = self._recorder.names
        self._contents = Contents(self._names, self.settings)
        # Asked for with each chunk of each stream.
        self._chunk = self._runs.chunk

    # Chains, graphs and their nodes

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
                name or _name_of(serialized, "chain"), run_type, tags or (), metadata or _NOTHING, run_id, parent_run_id
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
            self._runs.start(run_id, f"node {name}", parent_id=parent_run_id, logged=_logged(run_id), attributes=attributes)
        elif meaning in ("agent", "workflow"):
            told = semantics.OPERATIONS[meaning]
            conversation = conversation_of(metadata)
            key = names.agent_name if meaning == "agent" else names.workflow_name
            attributes = {names.operation: told["operation"], key: name}
            kept = _Kept(meaning + "_duration", attributes, conversation)
            kept.context = self._runs.start(
                run_id,
                f"{told['operation']} {name}",
                parent_id=parent_run_id,
                inherited=None if conversation is None else {names.conversation: conversation},
                logged=_logged(run_id),
                links=self._recorder.taken_up(conversation) if outermost else (),
                attributes=attributes,
                keep=kept,
            )
        else:
            self._runs.start(run_id, name, parent_id=parent_run_id, logged=_logged(run_id))

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **_: Any) -> None:
        self._end(run_id, "ok")

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self._fail(run_id, error)

    # Models

    def on_chat_model_start(
        self,
        serialized: dict[str, Any],
        messages: list[list[Any]],
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        try:
            content = _NOTHING
            if not self._contents.is_off:
                content = self._contents.request([message for some in messages for message in some], run_id)
            self._model_start(_CHAT, content, serialized, run_id, parent_run_id, tags, metadata or _NOTHING, kwargs)
        except Exception:
            self._recorder.failed()

    def on_llm_start(
        self,
        serialized: dict[str, Any],
        prompts: list[str],
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        try:
            content = _NOTHING if self._contents.is_off else self._contents.prompts(prompts, run_id)
            self._model_start(_TEXT, content, serialized, run_id, parent_run_id, tags, metadata or _NOTHING, kwargs)
        except Exception:
            self._recorder.failed()

    def _model_start(
        self,
        told: Mapping[str, str],
        content: Mapping[str, Any],
        serialized: dict[str, Any] | None,
        run_id: UUID,
        parent_run_id: UUID | None,
        tags: list[str] | None,
        metadata: Mapping[str, Any],
        kwargs: Mapping[str, Any],
    ) -> None:
        names = self._names
        parameters = kwargs.get("invocation_params") or _NOTHING
        provider, model = provider_and_model(metadata, parameters)
        common = {names.operation: told["operation"]}
        if provider is not None:
            common[names.provider] = provider
        if model is not None:
            common[names.request_model] = model
        conversation = None if parent_run_id is not None else conversation_of(metadata)
        self._runs.start(
            run_id,
            f"{told['operation']} {model or kwargs.get('name') or _name_of(serialized, 'model')}",
            parent_id=parent_run_id,
            kind=told["kind"],  # type: ignore[arg-type]  # the table holds kinds
            enter=True,
            inherited=None if conversation is None else {names.conversation: conversation},
            logged=_logged(run_id),
            attributes={**common, **request(names, metadata, parameters, tags), **content},
            keep=_Kept("operation_duration", common, provider),
        )
        if parent_run_id is not None and (attempt := attempt_of(tags)) is not None:
            self._runs.set_attributes(parent_run_id, {names.attempts: attempt})

    def on_llm_new_token(self, token: Any, *, run_id: UUID, chunk: Any = None, **_: Any) -> None:
        # LangChain itself adds a last empty chunk to a stream: it is no part of the answer.
        if token or getattr(getattr(chunk, "message", None), "chunk_position", None) != "last":
            self._chunk(run_id)

    def on_stream_event(self, event: Any, *, run_id: UUID, **_: Any) -> None:
        try:
            if event["event"] == "content-block-delta":
                self._chunk(run_id)
        except Exception:
            self._recorder.failed()

    def on_llm_end(self, response: Any, *, run_id: UUID, **_: Any) -> None:
        try:
            message = message_of(response)
            attributes = answer(self._names, response, message)
            if not self._contents.is_off:
                attributes |= self._contents.answer(response, run_id)
            self._model_end(run_id, "ok", None, attributes, usage_of(response, message))
        except Exception:
            self._recorder.failed()
            self._runs.end(run_id)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        try:
            self._model_end(run_id, state_of(error), error, {}, {})
        except Exception:
            self._recorder.failed()
            self._runs.end(run_id, "error")

    def _model_end(
        self,
        run_id: UUID,
        state: State,
        error: BaseException | None,
        attributes: dict[str, Any],
        usage: dict[str, int],
    ) -> None:
        names = self._names
        kept: _Kept = self._runs.kept(run_id) or _Kept(None, {}, None)
        common, provider = kept.common, kept.who
        if counted := counts_itself(provider):
            usage = {}
        for key, count in usage.items():
            attributes[getattr(names, key)] = count
        model = attributes.get(names.response_model) or common.get(names.request_model)
        cost = cost_of(self.settings.prices, provider, model, usage)
        if cost is not None:
            attributes[names.cost] = cost
        if state == "error":
            attributes[names.error_type] = type(error).__qualname__
        ended = self._runs.end(
            run_id, state, error=error, attributes=attributes, first_chunk_key=names.first_chunk
        )
        if ended is None or kept.what is None or counted:
            return
        said = dict(common)
        if names.response_model in attributes:
            said[names.response_model] = attributes[names.response_model]
        metrics = self._recorder.metrics
        metrics.chunks(ended[3], ended[4], said)
        metrics.used(usage, cost, said)
        metrics.took(kept.what, ended[1], _with_error(said, names.error_type, ended[0], attributes))

    # Tools and retrievers

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
            tool = name or _name_of(serialized, "tool")
            common = {names.operation: _TOOL["operation"], names.tool_name: tool}
            attributes: dict[str, Any] = {**common, names.tool_type: "function"}
            if tool_call_id is not None:
                attributes[names.tool_call_id] = tool_call_id
            if not self._contents.is_off:
                attributes |= self._contents.arguments(input_str if inputs is None else inputs, run_id)
            self._step(run_id, parent_run_id, _TOOL, tool, metadata, attributes, _Kept("tool_duration", common, None))
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
            source = (metadata or _NOTHING).get("ls_retriever_name") or name or _name_of(serialized, "retriever")
            attributes = {names.operation: _RETRIEVER["operation"], names.data_source: source}
            kept = _Kept("operation_duration", dict(attributes), None)
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
        conversation = None if parent_run_id is not None else conversation_of(metadata or _NOTHING)
        self._runs.start(
            run_id,
            f"{told['operation']} {name}",
            parent_id=parent_run_id,
            kind=told["kind"],  # type: ignore[arg-type]  # the table holds kinds
            enter=enter,
            inherited=None if conversation is None else {self._names.conversation: conversation},
            logged=_logged(run_id),
            attributes=attributes,
            keep=kept,
        )

    # Events of a run

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

    # Ends

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
            said = _with_error(kept.common, self._names.error_type, ended[0], attributes or _NOTHING)
            self._recorder.metrics.took(kept.what, ended[1], said)
        except Exception:
            self._recorder.failed()


def _name_of(serialized: Mapping[str, Any] | None, default: str) -> str:
    told = serialized or _NOTHING
    return told.get("name") or (told.get("id") or (default,))[-1]


def _logged(run_id: UUID) -> dict[str, str]:
    """What log records written in the run's body carry."""
    return {"run_id": str(run_id)}


def _with_error(
    common: Mapping[str, Any], key: str, state: str, attributes: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The attributes of a duration: with the error's type, or the way in which the run was left."""
    if state == "ok":
        return common
    return {**common, key: attributes.get(key, state)}
