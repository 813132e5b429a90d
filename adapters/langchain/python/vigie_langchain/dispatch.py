"""Methods of LangChain's managers, which call the handlers: one forgets handlers of others beside ours, and those for chunks
take longer to call ours than ours takes. They are wrapped when the first handler is made, and a method of chat models that
asks about handlers at the first of those; without ours they do as before. Not for what ours records: see ``handler``."""

from __future__ import annotations

import sys
from copy import copy
from functools import wraps

from langchain_core.callbacks import (
    AsyncCallbackManager,
    AsyncCallbackManagerForLLMRun,
    CallbackManagerForLLMRun,
)
from langchain_core.callbacks.manager import ahandle_event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ours: type | None = None
_are_models_prepared = False


def prepare(ours: type) -> None:
    """Wraps them, once; ``ours`` is the class of handlers that it is done for."""
    global _ours
    if _ours is None:
        _ours = ours
        _spare_others(ours)
        _shorten(ours)


def prepare_models() -> None:
    """The same for chat models, when one is there: to load them for this would take longer than all else of the adapter."""
    global _are_models_prepared
    if not _are_models_prepared and _ours is not None:
        _are_models_prepared = True
        _spare_checks(_ours, sys.modules["langchain_core.language_models.chat_models"].BaseChatModel)


def _spare_checks(ours: type, model: Any) -> None:
    """Whether a model streams that is asked for all at once depends on its handlers. Ours never wants that, and to find that
    out of it takes LangChain longer than a callback: where there is no other handler none is asked."""
    original = getattr(model, "_should_stream", None)
    if original is None:
        return

    @wraps(original)
    def _should_stream(self: Any, *args: Any, run_manager: Any = None, **kwargs: Any) -> Any:
        handlers: Any = getattr(run_manager, "handlers", ())
        if len(handlers) == 1 and type(handlers[0]) is ours:
            run_manager = None
        return original(self, *args, run_manager=run_manager, **kwargs)

    model._should_stream = _should_stream


def _spare_others(ours: type) -> None:
    """The start of an asynchronous model of texts is told to the handlers that run inline, and to the others only where
    there are none. Here others hear of it as if ours were not there, and ours afterwards."""
    original = AsyncCallbackManager.on_llm_start

    @wraps(original)
    async def on_llm_start(
        self: AsyncCallbackManager, serialized: dict[str, Any], prompts: list[str], *args: Any, **kwargs: Any
    ) -> list[Any]:
        others = [handler for handler in self.handlers if not isinstance(handler, ours)]
        if not others or len(others) == len(self.handlers):
            return await original(self, serialized, prompts, *args, **kwargs)
        without = copy(self)
        without.handlers = others
        managers = await original(without, serialized, prompts, *args, **kwargs)
        own = [handler for handler in self.handlers if isinstance(handler, ours)]
        kwargs |= {"parent_run_id": self.parent_run_id, "tags": self.tags, "metadata": self.metadata}
        for prompt, manager in zip(prompts, managers, strict=True):
            manager.handlers = self.handlers
            kwargs["run_id"] = manager.run_id
            await ahandle_event(own, "on_llm_start", "ignore_llm", serialized, [prompt], **kwargs)
        return managers

    AsyncCallbackManager.on_llm_start = on_llm_start  # type: ignore[method-assign]  # that is what this is for


def _shorten(ours: type) -> None:
    """A chunk of a stream is told to ours at once where there is no other handler. A subclass may do anything: not so."""
    original, original_async = (
        CallbackManagerForLLMRun.on_llm_new_token,
        AsyncCallbackManagerForLLMRun.on_llm_new_token,
    )

    @wraps(original)
    def on_llm_new_token(
        self: CallbackManagerForLLMRun, token: Any, *, chunk: Any = None, **kwargs: Any
    ) -> None:
        handlers = self.handlers
        if len(handlers) == 1 and type(handlers[0]) is ours:
            handlers[0].on_llm_new_token(token, run_id=self.run_id, chunk=chunk)
        else:
            original(self, token, chunk=chunk, **kwargs)

    @wraps(original_async)
    async def on_llm_new_token_async(
        self: AsyncCallbackManagerForLLMRun, token: Any, *, chunk: Any = None, **kwargs: Any
    ) -> None:
        handlers = self.handlers
        if len(handlers) == 1 and type(handlers[0]) is ours:
            handlers[0].on_llm_new_token(token, run_id=self.run_id, chunk=chunk)
        else:
            await original_async(self, token, chunk=chunk, **kwargs)

    CallbackManagerForLLMRun.on_llm_new_token = on_llm_new_token  # type: ignore[method-assign]  # as above
    AsyncCallbackManagerForLLMRun.on_llm_new_token = on_llm_new_token_async  # type: ignore[method-assign]  # as above
