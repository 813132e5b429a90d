"""That handlers of others hear of asynchronous models of texts: LangChain's manager tells the start of one to those handlers
that run inline, and to the others only where there are none.
Not for what ours records: see ``handler``."""

from __future__ import annotations

from copy import copy
from functools import wraps

from langchain_core.callbacks import AsyncCallbackManager
from langchain_core.callbacks.manager import ahandle_event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_is_spared = False


def spare_others(ours: type) -> None:
    """Have the manager call the handlers of others as if none of the class ``ours`` were there, and those afterwards."""
    global _is_spared
    if _is_spared:
        return
    _is_spared = True
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

    AsyncCallbackManager.on_llm_start = on_llm_start  # type: ignore[method-assign]  # see above
