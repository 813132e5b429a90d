"""A chat model and other parts of chains that answer at once, with everything that a provider's do say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.base import LangSmithParams
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable

USAGE: UsageMetadata = {
    "input_tokens": 100,
    "output_tokens": 20,
    "total_tokens": 120,
    "input_token_details": {"cache_read": 40, "cache_creation": 10},
    "output_token_details": {"reasoning": 5},
}


class Chat(BaseChatModel):
    """Answers with ``answers`` in turn; ``body`` is what runs where a provider's client makes its request."""

    answers: tuple[AIMessage, ...] = (AIMessage("hello"),)
    provider: str = "fakeai"
    model: str = "fake-chat-1"
    chunks: int = 0
    body: Callable[[], None] | None = None
    calls: int = 0

    @property
    def _llm_type(self) -> str:
        return "fake"

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        return LangSmithParams(
            ls_provider=self.provider, ls_model_name=self.model, ls_model_type="chat", ls_temperature=0.5
        )

    def bind_tools(self, tools: Any, **kwargs: Any) -> Runnable[LanguageModelInput, AIMessage]:
        return self

    def _answer(self) -> AIMessage:
        self.calls += 1
        if self.body is not None:
            self.body()
        answer = self.answers[(self.calls - 1) % len(self.answers)]
        return answer.model_copy(
            update={
                "usage_metadata": USAGE,
                "response_metadata": {
                    "model_name": self.model + "-2026",
                    "finish_reason": "stop",
                    "id": "resp-1",
                },
            }
        )

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._answer())])

    def _stream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        answer = self._answer()
        for at in range(self.chunks or 3):
            yield ChatGenerationChunk(message=AIMessageChunk(f"part {at} "))
        last = AIMessageChunk(
            "", usage_metadata=USAGE, response_metadata=answer.response_metadata, chunk_position="last"
        )
        yield ChatGenerationChunk(message=last)


class SlowChat(Chat):
    """Waits for ever before it answers, as a request does that is cancelled."""

    async def _agenerate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        import asyncio

        self.calls += 1
        await asyncio.sleep(3600)
        raise AssertionError("it was not cancelled")


class Shelf(BaseRetriever):
    """Finds two documents for everything."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [Document("one", id="d-1", metadata={"score": 0.9}), Document("two", id="d-2")]
