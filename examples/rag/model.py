"""A chat model without a network: it quotes the passages of its prompt, and asks a tool where the quotes stand.

It understands no more than words; that it calls a tool, and what its messages say, is as providers' models do it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from embedding import words
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.base import LangSmithParams
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool

PROVIDER = "vigie.example"
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n")
# How a passage's file stands before it in the prompt.
FILE = re.compile(r"^\[(\S+)\]$", re.MULTILINE)
QUOTES = 2


class ExtractiveChatModel(BaseChatModel):
    """It answers with the two sentences of the passages that share the most words with the question.

    Bound to a tool with the parameters `quotes` and `files` it calls that first, and puts its lines behind the quotes.
    """

    model_name: str = "extractive-fake"

    @property
    def _llm_type(self) -> str:
        return self.model_name

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        return LangSmithParams(**{**super()._get_ls_params(stop, **kwargs), "ls_provider": PROVIDER})

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        # langchain-core calls it with these; an extract has no use for them.
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        message = _with_places(messages) or _quoting(messages, kwargs.get("tools") or ())
        read = sum(len(str(m.content).split()) for m in messages)
        written = len(str(message.content).split()) + len(str(message.tool_calls or "").split())
        message.usage_metadata = UsageMetadata(
            input_tokens=read, output_tokens=written, total_tokens=read + written
        )
        reason = "tool_calls" if message.tool_calls else "stop"
        message.response_metadata = {"model_name": self.model_name, "finish_reason": reason}
        return ChatResult(generations=[ChatGeneration(message=message)])


def _quoting(messages: list[BaseMessage], tools: Sequence[dict[str, Any]]) -> AIMessage:
    """The best sentences: as the arguments of a tool where there is one, as the answer otherwise."""
    context = str(messages[0].content)
    asked = set(words(next(str(m.content) for m in messages if isinstance(m, HumanMessage))))
    sentences = [" ".join(s.split()) for s in SENTENCE_END.split(context) if s.count(" ") > 3]
    quotes = sorted(sentences, key=lambda s: len(asked & set(words(s))) / (8 + len(words(s))), reverse=True)[
        :QUOTES
    ]
    if not quotes or not tools:
        return AIMessage(" ".join(quotes) or "The passages do not say.")
    arguments = {"quotes": quotes, "files": list(dict.fromkeys(FILE.findall(context)))}
    name = tools[0]["function"]["name"]
    return AIMessage(
        "", tool_calls=[ToolCall(name=name, args=arguments, id=f"call_{name}", type="tool_call")]
    )


def _with_places(messages: list[BaseMessage]) -> AIMessage | None:
    """The quotes with what the tool said of each; None before it was asked."""
    asked, told = messages[-2], messages[-1]
    if not isinstance(asked, AIMessage) or not isinstance(told, ToolMessage):
        return None
    quotes = asked.tool_calls[0]["args"]["quotes"]
    places = str(told.content).splitlines()
    return AIMessage(" ".join(f"{quote} ({place})" for quote, place in zip(quotes, places, strict=True)))
