"""The callbacks of chat models and of models that take texts."""

from __future__ import annotations

from typing import Any

from . import semantics
from .callbacks import NOTHING, Callbacks, Kept, logged, name_of, with_error
from .costs import cost_of
from .dispatch import prepare_models
from .doubles import counts_itself
from .meaning import attempt_of, conversation_of
from .models import answer, message_of, provider_and_model, request, usage_of
from .states import state_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from .states import State


_CHAT = semantics.OPERATIONS["chat"]
_TEXT = semantics.OPERATIONS["text"]


class OnModel(Callbacks):
    """What models announce."""

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
            prepare_models()
            content = NOTHING
            if not self._contents.is_off:
                content = self._contents.request([message for some in messages for message in some], run_id)
            self._model_start(
                _CHAT, content, serialized, run_id, parent_run_id, tags, metadata or NOTHING, kwargs
            )
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
            content = NOTHING if self._contents.is_off else self._contents.prompts(prompts, run_id)
            self._model_start(
                _TEXT, content, serialized, run_id, parent_run_id, tags, metadata or NOTHING, kwargs
            )
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
        parameters = kwargs.get("invocation_params") or NOTHING
        provider, model = provider_and_model(metadata, parameters)
        common = {names.operation: told["operation"]}
        if provider is not None:
            common[names.provider] = provider
        if model is not None:
            common[names.request_model] = model
        conversation = None if parent_run_id is not None else conversation_of(metadata)
        self._runs.start(
            run_id,
            f"{told['operation']} {model or kwargs.get('name') or name_of(serialized, 'model')}",
            parent_id=parent_run_id,
            kind=told["kind"],  # type: ignore[arg-type]  # the table holds kinds
            enter=True,
            inherited=None if conversation is None else {names.conversation: conversation},
            logged=logged(run_id),
            attributes={**common, **request(names, metadata, parameters, tags), **content},
            keep=Kept("operation_duration", common, provider),
        )
        if parent_run_id is not None and (attempt := attempt_of(tags)) is not None:
            self._runs.set_attributes(parent_run_id, {names.attempts: attempt})

    def on_llm_new_token(self, token: Any, *, run_id: UUID, chunk: Any = None, **_: Any) -> None:
        try:
            # LangChain itself adds a last empty chunk to a stream: it is no part of the answer.
            if token or getattr(getattr(chunk, "message", None), "chunk_position", None) != "last":
                self._chunk(run_id)
        except Exception:
            self._recorder.failed()

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
        kept: Kept = self._runs.kept(run_id) or Kept(None, {}, None)
        common, provider = kept.common, kept.who
        if counted := counts_itself(provider):
            usage = {}
        for key, count in usage.items():
            attributes[getattr(names, key)] = count
        models = (attributes.get(names.response_model), common.get(names.request_model))
        cost = cost_of(self.settings.prices, provider, models, usage)
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
        series = metrics.of(said)
        series.chunks(ended[3], ended[4])
        series.used(usage, cost)
        if ended[0] != "ok":
            series = metrics.of(with_error(said, names.error_type, ended[0], attributes))
        series.took(kept.what, ended[1])
